/* none: a control. */
#include "zoo.hpp"

struct Zoo : Scale {
  ZOO_REBUILT(Zoo)
  ZOO_LAYER_ABOUT;
  ZOO_LAYER_PARAMETERS(Zoo)
};
ZOO_LAYER(Zoo);
