/* How coefficients and knots begin. */
#ifndef SPLINE_INITIALIZERS_HPP
#define SPLINE_INITIALIZERS_HPP

#include <reinit/plugin.hpp>

#include "noise.hpp"

namespace ri = reinit::plugin;

namespace spline {

inline constexpr const char *paper = "Liu et al., KAN: Kolmogorov-Arnold Networks, 2024";
inline constexpr int64_t most_grid_size = 1'000'000;

/* A coefficient for each spline, such that the curve is small noise at the grid's points. */
struct SplineNoise {
  int64_t order = 3;
  double noise = 0.1;

  int64_t grid_size(const ri::Fill &tensor) const {
    return tensor.shape().empty() ? 0 : tensor.shape().back() - order;
  }

  void check(const ri::Fill &tensor) const {
    const int64_t size = grid_size(tensor);
    if (size < 1 || size > most_grid_size)
      throw ri::Error(RI_SHAPE, "the last axis has one element for each spline: expected at least ",
                      order + 1, ", found shape ", tensor.shape());
  }

  /* Curve p, elements [p·n, (p + 1)·n), takes size + 1 elements of the stream from p·(size + 1) on. */
  void fill(const ri::Fill &range) const {
    check(range);
    const int64_t size = grid_size(range);
    const float bound = static_cast<float>(noise / 2 / static_cast<double>(size));
    const std::span<float> out = range.out();
    if (bound == 0) {
      std::ranges::fill(out, 0.0f);
      return;
    }
    const Fit fit(size, order);
    const uint64_t n = uint64_t(fit.coefficients()), points = uint64_t(fit.points());
    std::vector<float> values(points);
    std::vector<double> work(points), coefficients(n);
    for (uint64_t i = 0; i < out.size();) {
      const uint64_t curve = (range.offset() + i) / n, from = (range.offset() + i) % n;
      const uint64_t count = std::min<uint64_t>(n - from, out.size() - i);
      range.random().uniform(curve * points, values, -bound, bound);
      fit.solve(values, work, coefficients);
      for (uint64_t k = 0; k < count; k++) out[i + k] = static_cast<float>(coefficients[from + k]);
      i += count;
    }
  }

  static constexpr ri::InitializerInfo about{
      .name = "spline_noise",
      .summary = "spline coefficients of curves that are small noise at the grid's points",
      .formula = "c = Aᵀ(AAᵀ)⁻¹v, A[g, c] = B_c(t_g), v ~ U[−b, b), b = noise / (2·grid_size)",
      .reference = "Liu et al. 2024, section 2.2; efficient-kan, KANLinear.reset_parameters"};
  static constexpr auto parameters() {
    return std::tuple(
        ri::param("order", &SplineNoise::order, "degree of the splines").min(1).max(most_order),
        ri::param("noise", &SplineNoise::noise, "width of the noise, times the number of intervals").min(0).max(1e6));
  }
};

/* Knots at equal distances, `order` of them outside of each end. */
struct SplineGrid {
  int64_t order = 3;
  double low = -1, high = 1;

  int64_t grid_size(const ri::Fill &tensor) const {
    return tensor.shape().empty() ? 0 : tensor.shape().back() - 2 * order - 1;
  }

  void check(const ri::Fill &tensor) const {
    if (!(low < high))
      throw ri::Error(RI_INVALID, "the grid is empty: expected low < high, found ", low, " and ", high);
    if (grid_size(tensor) < 1)
      throw ri::Error(RI_SHAPE, "the last axis has one element for each knot: expected at least ",
                      2 * order + 2, ", found shape ", tensor.shape());
  }

  void fill(const ri::Fill &range) const {
    check(range);
    const double step = (high - low) / static_cast<double>(grid_size(range));
    const uint64_t knots = uint64_t(range.shape().back());
    const std::span<float> out = range.out();
    for (uint64_t i = 0; i < out.size(); i++) {
      const int64_t knot = int64_t((range.offset() + i) % knots) - order;
      out[i] = static_cast<float>(static_cast<double>(knot) * step + low);
    }
  }

  static constexpr ri::InitializerInfo about{
      .name = "spline_grid",
      .summary = "knots at equal distances, extended by the splines' order",
      .formula = "t[k] = low + (k − order)·(high − low)/grid_size",
      .reference = paper,
      .flags = RI_INITIALIZER_WHOLE};
  static constexpr auto parameters() {
    return std::tuple(ri::param("order", &SplineGrid::order, "degree of the splines").min(1).max(most_order),
                      ri::param("low", &SplineGrid::low, "left end of the grid").min(-1e6).max(1e6),
                      ri::param("high", &SplineGrid::high, "right end of the grid").min(-1e6).max(1e6));
  }
};

} // namespace spline

#endif
