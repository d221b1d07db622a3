/* The forward pass of SplineDense, row by row. */
#ifndef SPLINE_FORWARD_HPP
#define SPLINE_FORWARD_HPP

#include "basis.hpp"

#include <cmath>
#include <vector>

namespace spline {

/* Row-major: grid [in, grid + 2·order + 1], base [out, in], splines [out, in, grid + order], scaler [out, in]
 * or none. */
struct Weights {
  int64_t in = 0, out = 0, grid_size = 0, order = 0;
  std::span<const float> grid, base, splines, scaler;
};

inline double silu(double x) { return x / (1 + std::exp(-x)); }

/* y[o] = sum over i of base[o, i]·silu(x[i]) + scaler[o, i]·(sum over c of splines[o, i, c]·B_c(x[i])),
 * summed in double. */
class Rows {
 public:
  explicit Rows(const Weights &weights)
      : weights_(weights), active_(size_t(weights.in)), local_(size_t(weights.in)) {}

  void run(std::span<const float> x, std::span<float> y) {
    const size_t knots = size_t(weights_.grid_size + 2 * weights_.order + 1);
    for (size_t i = 0; i < x.size(); i++) {
      active_[i] = silu(static_cast<double>(x[i]));
      local_[i] =
          basis_at(weights_.grid.subspan(i * knots, knots), weights_.order, static_cast<double>(x[i]));
    }
    for (size_t o = 0; o < y.size(); o++) y[o] = static_cast<float>(output(o));
  }

 private:
  double output(size_t o) const {
    const size_t in = size_t(weights_.in), coefficients = size_t(weights_.grid_size + weights_.order);
    double sum = 0;
    for (size_t i = 0; i < in; i++) {
      const size_t edge = o * in + i;
      const Local &local = local_[i];
      const float *c = weights_.splines.data() + edge * coefficients + local.first;
      double spline = 0;
      for (int64_t r = 0; r < local.count; r++) spline += local.values[size_t(r)] * static_cast<double>(c[r]);
      if (!weights_.scaler.empty()) spline *= static_cast<double>(weights_.scaler[edge]);
      sum += active_[i] * static_cast<double>(weights_.base[edge]) + spline;
    }
    return sum;
  }
  const Weights &weights_;
  std::vector<double> active_;
  std::vector<Local> local_;
};

} // namespace spline

#endif
