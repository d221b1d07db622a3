/* What the broken plugins in C++ are made of: the kit, and a good initializer and a good layer to derive from. */
#ifndef ZOO_HPP
#define ZOO_HPP

#include <reinit/plugin.hpp>

#include <cmath>
#include <unistd.h>

namespace ri = reinit::plugin;

#ifndef ZOO_ID
#define ZOO_ID "org.example.zoo.unnamed"
#endif

/* Normal values with std = gain / sqrt(fan_in). A plugin shadows what it does otherwise. */
struct Normal {
  double gain = 1;
  double deviation(const ri::Fill &tensor) const { return gain / std::sqrt(tensor.fan_in()); }
  void fill(const ri::Fill &range) const { range.normal(0, deviation(range)); }
};

#define ZOO_ABOUT                                                                                                   \
  static constexpr ri::InitializerInfo about{.name = "zoo", .summary = "normal values",                             \
                                             .formula = "gain / sqrt(fan_in) * z", .reference = "none",             \
                                             .flags = RI_INITIALIZER_NEEDS_FANS}
#define ZOO_PARAMETERS(Type)                                                                   \
  static constexpr auto parameters() {                                                         \
    return std::tuple(ri::param("gain", &Type::gain, "factor of the deviation").min(0.001).max(1000)); \
  }
#define ZOO_INITIALIZER(Type) REINIT_PLUGIN(ZOO_ID, "1.0.0", "MIT", "a plugin with one fault", ri::initializer<Type>())

/* y = x * weight + bias over the last axis. */
struct Scale {
  int64_t size = 0;
  bool has_bias = true;
  ri::Tensor weight, bias;

  void create(const ri::Build &build) {
    weight = build.tensor({size});
    if (has_bias) bias = build.tensor({size});
  }
  ri::Children children() const {
    return {ri::scale("weight", weight, "uniform(low: 0.5, high: 1.5)"), ri::bias("bias", bias)};
  }
  ri::View checked(const ri::View &input) const {
    input.expect(RI_F32, "the input");
    const ri::Shape shape = input.shape();
    if (shape.empty() || shape.back() != size)
      throw ri::Error(RI_SHAPE, "the last axis does not fit: expected [..., ", size, "], found ", shape);
    return input;
  }
  void forward(const ri::Forward &pass) const {
    const ri::View input = checked(pass.input());
    const auto x = input.data<float>("the input"), w = pass.view(weight).data<float>("weight");
    const auto b = bias ? pass.view(bias).data<float>("bias") : std::span<const float>();
    const auto y = pass.output(input.shape());
    for (size_t i = 0; i < y.size(); i++) y[i] = x[i] * w[i % w.size()] + (b.empty() ? 0 : b[i % b.size()]);
  }
  void infer(const ri::Forward &pass) const { pass.output(checked(pass.input()).shape()); }
};

#define ZOO_LAYER_ABOUT                                                                                   \
  static constexpr ri::LayerInfo about{.name = "Zoo", .summary = "scales and shifts", .reference = "none"}
#define ZOO_LAYER_PARAMETERS(Type)                                                                      \
  static constexpr auto parameters() {                                                                  \
    return std::tuple(ri::param("size", &Type::size, "elements of the last axis").required().min(1),    \
                      ri::param("bias", &Type::has_bias, "whether there is a bias"));                   \
  }
#define ZOO_REBUILT(Type)                                   \
  Type rebuilt(const ri::Rebuild &parts) const {            \
    Type next = *this;                                      \
    next.weight = parts.tensor("weight", {size});           \
    next.bias = parts.tensor_or_absent("bias", {size});     \
    next.has_bias = bool(next.bias);                        \
    return next;                                            \
  }
#define ZOO_LAYER(Type) REINIT_PLUGIN(ZOO_ID, "1.0.0", "MIT", "a plugin with one fault", ri::layer<Type>())

#endif
