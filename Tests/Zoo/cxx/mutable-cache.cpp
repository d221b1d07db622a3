/* R0920: keeps what a pass computes in a mutable member. */
#include "zoo.hpp"

#include <algorithm>
#include <vector>

struct Zoo : Scale {
  mutable std::vector<float> kept = std::vector<float>(1 << 14);
  void forward(const ri::Forward &pass) const {
    const ri::View input = checked(pass.input());
    const auto x = input.data<float>("the input"), w = pass.view(weight).data<float>("weight");
    const auto b = bias ? pass.view(bias).data<float>("bias") : std::span<const float>();
    const auto y = pass.output(input.shape());
    const size_t count = std::min(y.size(), kept.size());
    for (size_t i = 0; i < count; i++) kept[i] = x[i] * w[i % w.size()] + (b.empty() ? 0 : b[i % b.size()]);
    usleep(50);
    std::copy(kept.begin(), kept.begin() + static_cast<ptrdiff_t>(count), y.begin());
  }
  ZOO_REBUILT(Zoo)
  ZOO_LAYER_ABOUT;
  ZOO_LAYER_PARAMETERS(Zoo)
};
ZOO_LAYER(Zoo);
