/* R0953: moves its bias away in rebuild. */
#include "zoo.hpp"

#include <utility>

struct Zoo : Scale {
  Zoo rebuilt(const ri::Rebuild &parts) const {
    Zoo next = *this;
    next.weight = parts.tensor("weight", {size});
    ri::Tensor given = parts.tensor_or_absent("bias", {size});
    const ri::Tensor moved = std::move(given);
    next.bias = std::move(given);
    next.has_bias = bool(next.bias);
    return next;
  }
  ZOO_LAYER_ABOUT;
  ZOO_LAYER_PARAMETERS(Zoo)
};
ZOO_LAYER(Zoo);
