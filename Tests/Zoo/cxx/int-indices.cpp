/* R0944: keeps the offset in an int. */
#include "zoo.hpp"

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    const int first = static_cast<int>(range.offset());
    range.random().normal(static_cast<uint64_t>(first) & 0xffffffffu, range.out(), 0, static_cast<float>(deviation(range)));
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
