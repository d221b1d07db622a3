/* R0361: has a global variable whose constructor throws. */
#include "zoo.hpp"

#include <stdexcept>
#include <vector>

static const float first = std::vector<float>().at(0);

struct Zoo : Normal {
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
