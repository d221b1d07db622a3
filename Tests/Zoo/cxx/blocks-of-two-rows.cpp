/* R0966: adds the bias to whole blocks of two rows alone. */
#include "zoo.hpp"

struct Zoo : Scale {
  void forward(const ri::Forward &pass) const {
    const ri::View input = checked(pass.input());
    const auto x = input.data<float>("the input"), w = pass.view(weight).data<float>("weight");
    const auto b = bias ? pass.view(bias).data<float>("bias") : std::span<const float>();
    const auto y = pass.output(input.shape());
    const size_t block = 2 * w.size(), whole = y.size() > block ? y.size() / block * block : y.size();
    for (size_t i = 0; i < y.size(); i++) y[i] = x[i] * w[i % w.size()] + (b.empty() || i >= whole ? 0 : b[i % b.size()]);
  }
  ZOO_REBUILT(Zoo)
  ZOO_LAYER_ABOUT;
  ZOO_LAYER_PARAMETERS(Zoo)
};
ZOO_LAYER(Zoo);
