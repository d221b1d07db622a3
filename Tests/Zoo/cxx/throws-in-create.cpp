/* R0950: throws in create, whatever it is made of. */
#include "zoo.hpp"

#include <stdexcept>

struct Zoo : Scale {
  void create(const ri::Build &) { throw std::runtime_error("no device"); }
  ZOO_REBUILT(Zoo)
  ZOO_LAYER_ABOUT;
  ZOO_LAYER_PARAMETERS(Zoo)
};
ZOO_LAYER(Zoo);
