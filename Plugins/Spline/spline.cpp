/* Kolmogorov-Arnold layers: a learned spline on every edge. Liu et al. 2024, arXiv:2404.19756. */
#include "forward.hpp"
#include "initializers.hpp"

namespace spline {

/* y = W·silu(x) + the sum of the splines of the inputs. */
struct SplineDense {
  int64_t in = 0, out = 0, grid_size = 5, order = 3;
  double grid_low = -1, grid_high = 1, noise = 0.1;
  bool has_scaler = true;
  ri::Tensor base_weight, spline_weight, spline_scaler, grid;

  int64_t coefficients() const { return grid_size + order; }
  int64_t knots() const { return grid_size + 2 * order + 1; }

  void create(const ri::Build &build) {
    if (!(grid_low < grid_high))
      throw ri::Error(RI_INVALID, "the grid is empty: expected grid_low < grid_high, found ", grid_low,
                      " and ", grid_high);
    base_weight = build.tensor({out, in});
    spline_weight = build.tensor({out, in, coefficients()});
    if (has_scaler) spline_scaler = build.tensor({out, in});
    grid = build.tensor({in, knots()});
  }

  ri::Children children() const {
    const std::string torch = "kaiming_uniform(slope: 2.23606797749979)";
    const std::string curves =
        ri::text("org.reinit.spline/spline_noise(order: ", order, ", noise: ", noise, ")");
    const std::string points = ri::text("org.reinit.spline/spline_grid(order: ", order, ", low: ", grid_low,
                                        ", high: ", grid_high, ")");
    return {ri::weight("base_weight", base_weight, ri::out_in, torch),
            ri::weight("spline_weight", spline_weight, ri::out_in, curves),
            ri::weight("spline_scaler", spline_scaler, ri::out_in, torch), ri::buffer("grid", grid, points)};
  }

  SplineDense rebuilt(const ri::Rebuild &parts) const {
    SplineDense next = *this;
    next.base_weight = parts.tensor("base_weight", {out, in});
    next.spline_weight = parts.tensor("spline_weight", {out, in, coefficients()});
    next.spline_scaler = parts.tensor_or_absent("spline_scaler", {out, in});
    next.has_scaler = bool(next.spline_scaler);
    next.grid = parts.tensor("grid", {in, knots()});
    return next;
  }

  void forward(const ri::Forward &pass) const {
    const ri::View input = checked(pass.input());
    const std::span<const float> x = input.data<float>("the input");
    const Weights weights{
        .in = in,
        .out = out,
        .grid_size = grid_size,
        .order = order,
        .grid = values(pass, grid, "grid"),
        .base = values(pass, base_weight, "base_weight"),
        .splines = values(pass, spline_weight, "spline_weight"),
        .scaler = values(pass, spline_scaler, "spline_scaler"),
    };
    const std::vector<int64_t> shape = output_shape(input);
    const std::span<float> y = pass.output(ri::Shape(shape));
    const uint64_t columns = uint64_t(in), results = uint64_t(out),
                   work = columns * (results + 1) * uint64_t(order + 2);
    pass.parallel(x.size() / columns, 1 + (1 << 16) / work, [&](uint64_t first, uint64_t end) {
      Rows rows(weights);
      pass.check_cancelled();
      for (uint64_t row = first; row < end; row++)
        rows.run(x.subspan(row * columns, columns), y.subspan(row * results, results));
    });
  }

  void infer(const ri::Forward &pass) const {
    const std::vector<int64_t> shape = output_shape(checked(pass.input()));
    pass.output(ri::Shape(shape));
  }

  static std::span<const float> values(const ri::Forward &pass, const ri::Tensor &tensor,
                                       std::string_view name) {
    return tensor ? pass.view(tensor).data<float>(name) : std::span<const float>();
  }
  std::vector<int64_t> output_shape(const ri::View &input) const {
    std::vector<int64_t> shape(input.shape().begin(), input.shape().end());
    shape.back() = out;
    return shape;
  }
  ri::View checked(const ri::View &input) const {
    input.expect(RI_F32, "the input");
    if (input.shape().empty() || input.shape().back() != in)
      throw ri::Error(RI_SHAPE, "the last axis does not fit: expected [..., ", in, "], found ",
                      input.shape());
    return input;
  }

  static constexpr ri::LayerInfo about{
      .name = "SplineDense",
      .summary = "Kolmogorov–Arnold layer: a B-spline and a SiLU on every edge",
      .reference = paper};
  static constexpr auto parameters() {
    return std::tuple(
        ri::param("in", &SplineDense::in, "inputs").required().min(1),
        ri::param("out", &SplineDense::out, "outputs").required().min(1),
        ri::param("grid_size", &SplineDense::grid_size, "intervals of the grid").min(1).max(most_grid_size),
        ri::param("order", &SplineDense::order, "degree of the splines").min(1).max(most_order),
        ri::param("grid_low", &SplineDense::grid_low, "left end of the grid").min(-1e6).max(1e6).may_have_no_effect(),
        ri::param("grid_high", &SplineDense::grid_high, "right end of the grid").min(-1e6).max(1e6).may_have_no_effect(),
        ri::param("noise", &SplineDense::noise, "of fresh splines: spline_noise's")
            .min(0)
            .max(1e6)
            .may_have_no_effect(),
        ri::param("scaler", &SplineDense::has_scaler, "whether each edge's spline has a factor of its own"));
  }
};

} // namespace spline

REINIT_PLUGIN("org.reinit.spline", "1.0.0", "MIT", "Kolmogorov–Arnold layers with B-splines",
              ri::layer<spline::SplineDense>(), ri::initializer<spline::SplineNoise>(),
              ri::initializer<spline::SplineGrid>());
