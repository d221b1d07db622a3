/* R0927: keeps a std::span of its weight from the first pass on. */
#include "zoo.hpp"

#include <span>

struct Zoo : Scale {
  mutable std::span<const float> kept;
  void forward(const ri::Forward &pass) const {
    const ri::View input = checked(pass.input());
    const auto x = input.data<float>("the input"), w = pass.view(weight).data<float>("weight");
    if (kept.empty()) kept = w;
    const auto b = bias ? pass.view(bias).data<float>("bias") : std::span<const float>();
    const auto y = pass.output(input.shape());
    for (size_t i = 0; i < y.size(); i++) y[i] = x[i] * kept[i % kept.size()] + (b.empty() ? 0 : b[i % b.size()]);
  }
  ZOO_REBUILT(Zoo)
  ZOO_LAYER_ABOUT;
  ZOO_LAYER_PARAMETERS(Zoo)
};
ZOO_LAYER(Zoo);
