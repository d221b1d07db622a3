/* MyPlugin: a gated residual, y = x + weight ∘ inner(x) + bias over the last axis. */
#include <reinit/plugin.hpp>

namespace ri = reinit::plugin;

/* An instance never changes once it is made. */
struct MyPlugin {
  int64_t size = 0;
  bool has_bias = true;
  ri::Tensor weight, bias; /* bias: empty where absent */
  ri::Layer inner;         /* empty: the identity */

  void create(const ri::Build &build) {
    weight = build.tensor({size});
    if (has_bias) bias = build.tensor({size});
    if (build.nested_count() > 0) inner = build.nested(0);
  }

  ri::Children children() const {
    ri::Children all{ri::scale("weight", weight, "constant(0.1)"), ri::bias("bias", bias)};
    if (inner) all.push_back(ri::sublayer("inner", inner));
    return all;
  }

  /* The same layer with other children; refuses those that do not fit. */
  MyPlugin rebuilt(const ri::Rebuild &parts) const {
    MyPlugin next = *this;
    next.weight = parts.tensor("weight", {size});
    next.bias = parts.tensor_or_absent("bias", {size});
    next.has_bias = bool(next.bias);
    if (inner) next.inner = parts.layer("inner");
    return next;
  }

  /* One input [..., size], one output of the same shape. */
  void forward(const ri::Forward &pass) const {
    const ri::View input = checked(pass.input());
    const ri::Tensor gated = applied_inner(pass, input);
    const auto x = input.data<float>("the input"), z = pass.view(gated).data<float>("the nested layer's output");
    const auto w = pass.view(weight).data<float>("weight");
    const auto b = bias ? pass.view(bias).data<float>("bias") : std::span<const float>();
    const auto y = pass.output(input.shape());
    for (size_t i = 0; i < y.size(); i++) {
      const size_t j = i % w.size();
      const float sum = x[i] + w[j] * z[i];
      y[i] = b.empty() ? sum : sum + b[j];
    }
  }

  void infer(const ri::Forward &pass) const {
    const ri::View input = checked(pass.input());
    applied_inner(pass, input);
    pass.output(input.shape());
  }

  /* inner(x); its shape alone while shapes are inferred. */
  ri::Tensor applied_inner(const ri::Forward &pass, const ri::View &input) const {
    if (!inner) return pass.input_tensor();
    ri::Tensor result = pass.apply(inner, pass.input_tensor());
    if (const ri::Shape found = pass.view(result).shape(); found != input.shape())
      throw ri::Error(RI_SHAPE, "the nested layer must keep the shape: expected ", input.shape(), ", found ", found);
    return result;
  }

  ri::View checked(const ri::View &input) const {
    input.expect(RI_F32, "the input");
    const ri::Shape shape = input.shape();
    if (shape.empty() || shape.back() != size)
      throw ri::Error(RI_SHAPE, "the last axis does not fit: expected [..., ", size, "], found ", shape);
    return input;
  }

  static constexpr ri::LayerInfo about{
      .name = "MyPlugin", .summary = "gated residual: y = x + weight ∘ inner(x) + bias", .max_layers = 1};
  static constexpr auto parameters() {
    return std::tuple(ri::param("size", &MyPlugin::size, "elements of the last axis").required().min(1),
                      ri::param("bias", &MyPlugin::has_bias, "whether there is a bias"));
  }
};

REINIT_PLUGIN("org.example.my-plugin", "1.0.0", "MIT", "a layer", ri::layer<MyPlugin>());
