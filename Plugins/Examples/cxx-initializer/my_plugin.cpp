/* my_plugin: normal values whose standard deviation follows the fan-in. */
#include <reinit/plugin.hpp>

#include <cmath>

namespace ri = reinit::plugin;

struct MyPlugin {
  double gain = 1;

  /* Writes one range. Element i depends on its index alone, so any partition has the same bits. */
  void fill(const ri::Fill &range) const { range.normal(0, deviation(range)); }
  /* Says what `fill` draws from, so that the values can be held against it. */
  ri::Distribution distribution(const ri::Fill &tensor) const { return ri::normal(0, deviation(tensor)); }
  double deviation(const ri::Fill &tensor) const { return gain / std::sqrt(tensor.fan_in()); }

  static constexpr ri::InitializerInfo about{.name = "my_plugin",
                                             .summary = "normal with std = gain/√fan_in",
                                             .formula = "w ~ N(0, σ²), σ = gain / √fan_in",
                                             .reference = "LeCun et al., Efficient BackProp, 1998",
                                             .flags = RI_INITIALIZER_NEEDS_FANS};
  static constexpr auto parameters() {
    return std::tuple(ri::param("gain", &MyPlugin::gain, "factor of the standard deviation").min(0).max(1e6));
  }
};

REINIT_PLUGIN("org.example.my-plugin", "1.0.0", "MIT", "an initializer", ri::initializer<MyPlugin>());
