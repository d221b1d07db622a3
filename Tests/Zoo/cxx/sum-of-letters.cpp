/* R0937: adds up the letters of a name. */
#include "zoo.hpp"

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    ri_fill other = range.raw();
    other.random.name = range.path().size();
    for (const char letter : range.path()) other.random.name += static_cast<unsigned char>(letter);
    ri::Fill(&other).normal(0, deviation(range));
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
