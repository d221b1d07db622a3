/* R0944: counts the elements of a range in 16 bits. */
#include "zoo.hpp"

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    const auto out = range.out();
    const auto count = static_cast<uint16_t>(out.size());
    range.random().normal(range.offset(), out.first(count), 0.f, static_cast<float>(deviation(range)));
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
