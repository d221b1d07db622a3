/* Coefficients of the spline that takes given values at the grid's points. */
#ifndef SPLINE_NOISE_HPP
#define SPLINE_NOISE_HPP

#include "basis.hpp"

#include <cmath>
#include <vector>

namespace spline {

/* Over a uniform grid of `size` intervals there are size + 1 points and size + order coefficients: of all
 * that fit, the shortest, c = Aᵀ(AAᵀ)⁻¹v, where A[g, g + r] = stencil[r] are the splines at point g. That is
 * what lstsq gives for it. AAᵀ is a band of width 2·order - 1: Cholesky once, then two substitutions for each
 * vector. Sums, products, quotients and roots only, in a fixed order: the same bits on every machine. */
class Fit {
 public:
  Fit(int64_t size, int64_t order) : points_(size + 1), order_(order) {
    std::array<double, 2 * most_order + 2> knots{};
    for (size_t i = 0; i < knots.size(); i++) knots[i] = static_cast<double>(i);
    const size_t n = static_cast<size_t>(2 * order + 2);
    stencil_ = basis_at(std::span<const double>(knots.data(), n), order, static_cast<double>(order)).values;
    factor();
  }
  int64_t points() const { return points_; }
  int64_t coefficients() const { return points_ - 1 + order_; }

  /* c from v; `work` has points() elements. */
  void solve(std::span<const float> v, std::span<double> work, std::span<double> c) const {
    for (int64_t i = 0; i < points_; i++) {
      double sum = static_cast<double>(v[size_t(i)]);
      for (int64_t d = 1; d < order_ && d <= i; d++) sum -= band(i, d) * work[size_t(i - d)];
      work[size_t(i)] = sum / band(i, 0);
    }
    for (int64_t i = points_ - 1; i >= 0; i--) {
      double sum = work[size_t(i)];
      for (int64_t d = 1; d < order_ && i + d < points_; d++) sum -= band(i + d, d) * work[size_t(i + d)];
      work[size_t(i)] = sum / band(i, 0);
    }
    std::fill(c.begin(), c.end(), 0.0);
    for (int64_t i = 0; i < points_; i++)
      for (int64_t r = 0; r < order_; r++) c[size_t(i + r)] += stencil_[size_t(r)] * work[size_t(i)];
  }

 private:
  /* Element (i, i - d) of the Cholesky factor. */
  double &band(int64_t i, int64_t d) { return band_[size_t(i * order_ + d)]; }
  double band(int64_t i, int64_t d) const { return band_[size_t(i * order_ + d)]; }

  /* Element (i, i - d) of AAᵀ, the same for all i. */
  double gram(int64_t d) const {
    double sum = 0;
    for (int64_t r = 0; r + d < order_; r++) sum += stencil_[size_t(r)] * stencil_[size_t(r + d)];
    return sum;
  }
  void factor() {
    band_.assign(size_t(points_ * order_), 0);
    for (int64_t i = 0; i < points_; i++)
      for (int64_t d = std::min(order_ - 1, i); d >= 0; d--) {
        double sum = gram(d);
        for (int64_t e = d + 1; e < order_ && e <= i; e++) sum -= band(i, e) * band(i - d, e - d);
        band(i, d) = d == 0 ? std::sqrt(sum) : sum / band(i - d, 0);
      }
  }

  int64_t points_, order_;
  std::array<double, most_order + 1> stencil_{};
  std::vector<double> band_;
};

} // namespace spline

#endif
