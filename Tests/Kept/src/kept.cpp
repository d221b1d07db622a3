/* A plugin that is kept as it was compiled: an initializer, one that reads, and a layer. */
#include <reinit/plugin.hpp>

#include <cmath>

namespace ri = reinit::plugin;

struct Normal {
  double gain = 1;

  static constexpr ri::InitializerInfo about{
      .name = "kept", .summary = "normal with std = gain/√fan_in", .formula = "w ~ N(0, gain²/fan_in)",
      .flags = RI_INITIALIZER_NEEDS_FANS};
  static constexpr auto parameters() {
    return std::tuple(ri::param("gain", &Normal::gain, "factor of the standard deviation").min(0).max(1e6));
  }
  void fill(const ri::Fill &range) const { range.normal(0, gain / std::sqrt(range.fan_in())); }
};

struct Mix {
  double factor = 0.5;
  ri::Source old, offset;

  static constexpr ri::InitializerInfo about{
      .name = "kept_mix", .summary = "the old values, smaller, and the bias", .formula = "w ← factor·w + b"};
  static constexpr auto parameters() {
    return std::tuple(ri::param("factor", &Mix::factor, "of the old values").min(0).max(1));
  }
  static constexpr auto sources() {
    return std::array{ri::old_source("old", &Mix::old), ri::tensor_source("offset", &Mix::offset, ".bias")};
  }
  void fill(const ri::Fill &range) const {
    const auto out = range.out();
    const auto rows = offset.floats();
    const uint64_t columns = static_cast<uint64_t>(range.shape()[1]);
    range.read(old, out);
    for (size_t i = 0; i < out.size(); i++)
      out[i] = static_cast<float>(factor) * out[i] + rows[(range.offset() + i) / columns];
  }
};

struct Kept {
  int64_t size = 0;
  bool has_bias = true;
  ri::Tensor weight, bias;
  ri::Layer inner;

  static constexpr ri::LayerInfo about{.name = "Kept", .summary = "y = x + weight ∘ inner(x) + bias", .max_layers = 1};
  static constexpr auto parameters() {
    return std::tuple(ri::param("size", &Kept::size, "elements of the last axis").required().min(1),
                      ri::param("bias", &Kept::has_bias, "whether there is a bias"));
  }
  static constexpr auto children() {
    return std::array{ri::tensor_row("weight", &Kept::weight, RI_ROLE_SCALE, "[size]").fresh("constant({1 / size})"),
                      ri::tensor_row("bias", &Kept::bias, RI_ROLE_BIAS, "[size]").when("bias"),
                      ri::layer_row("inner", &Kept::inner)};
  }
  void forward(const ri::Forward &pass) const {
    const auto x = pass.floats();
    x.expect_last_axis(size, "the input");
    const auto z = inner ? pass.floats(pass.apply(inner, pass.input_tensor()), "what the nested layer gives") : x;
    z.expect(x.shape(), "what the nested layer gives");
    const auto w = pass.floats(weight, "weight"), b = pass.floats_or_absent(bias, "bias");
    const auto y = pass.output(x.shape());
    for (size_t i = 0; i < y.size(); i++) {
      const size_t j = i % w.size();
      y[i] = x[i] + w[j] * z[i] + (b.empty() ? 0 : b[j]);
    }
  }
};

REINIT_PLUGIN("org.example.kept-cxx", "1.0.0", "MIT", "a plugin that is kept", ri::initializer<Normal>(), ri::initializer<Mix>(),
              ri::layer<Kept>());
