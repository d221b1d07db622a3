/* R0927: keeps a std::string_view of the last path. */
#include "zoo.hpp"

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    static thread_local std::string_view last;
    if (!last.empty() && last.front() == '/') throw ri::Error(RI_INVALID, "a path begins with a slash");
    last = range.path();
    range.normal(0, deviation(range));
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
