/* none: a control. */
#include "zoo.hpp"

struct Zoo : Normal {
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
