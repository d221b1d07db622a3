/* R0939: declares a distribution without its gain. */
#include "zoo.hpp"

struct Zoo : Normal {
  ri::Distribution distribution(const ri::Fill &tensor) const { return ri::normal(0, 1 / std::sqrt(tensor.fan_in())); }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
