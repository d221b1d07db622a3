/* R0906: has a global variable whose constructor prints. */
#include "zoo.hpp"

#include <iostream>

static const struct Banner {
  Banner() { std::cout << "zoo 1.0, compiled with " << __VERSION__ << std::endl; }
} banner;

struct Zoo : Normal {
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
