/* MyPlugin: a gated residual, y = x + weight ∘ inner(x) + bias over the last axis. */
#include <reinit/plugin.hpp>

namespace ri = reinit::plugin;

/* Members hold the parameters and children during a pass. */
struct MyPlugin {
  int64_t size = 0;
  bool has_bias = true;
  ri::Tensor weight, bias; /* bias: empty where absent */
  ri::Layer inner;         /* empty: the identity */

  static constexpr ri::LayerInfo about{
      .name = "MyPlugin", .summary = "gated residual: y = x + weight ∘ inner(x) + bias", .max_layers = 1};
  static constexpr auto parameters() {
    return std::tuple(ri::param("size", &MyPlugin::size, "elements of the last axis").required().min(1),
                      ri::param("bias", &MyPlugin::has_bias, "whether there is a bias"));
  }
  /* The host makes them, names them, fills them, and makes the layer again with others. */
  static constexpr auto children() {
    return std::array{
        ri::tensor_row("weight", &MyPlugin::weight, RI_ROLE_SCALE, "[size]").fresh("constant(0.1)"),
        ri::tensor_row("bias", &MyPlugin::bias, RI_ROLE_BIAS, "[size]").when("bias"),
        ri::layer_row("inner", &MyPlugin::inner), /* the layer that the user nests */
    };
  }

  /* One input [..., size], one output of the same shape. Shapes are inferred by it too, as far as `output`. */
  void forward(const ri::Forward &pass) const {
    const auto x = pass.floats();
    x.expect_last_axis(size, "the input");
    const auto z = inner ? pass.floats(pass.apply(inner, pass.input_tensor()), "what the nested layer gives") : x;
    z.expect(x.shape(), "what the nested layer gives");
    const auto w = pass.floats(weight, "weight"), b = pass.floats_or_absent(bias, "bias");
    const auto y = pass.output(x.shape());
    for (size_t i = 0, j = 0; i < y.size(); i++, j = j + 1 == w.size() ? 0 : j + 1)
      y[i] = x[i] + w[j] * z[i] + (b.empty() ? 0 : b[j]);
  }
};

REINIT_PLUGIN("org.example.my-plugin", "1.0.0", "MIT", "a layer", ri::layer<MyPlugin>());
