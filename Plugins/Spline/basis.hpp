/* B-splines over any ascending knots. */
#ifndef SPLINE_BASIS_HPP
#define SPLINE_BASIS_HPP

#include <algorithm>
#include <array>
#include <cstdint>
#include <span>

namespace spline {

inline constexpr int64_t most_order = 10;

/* The B-splines of one order that are not 0 at a point: `values[r]` is that of spline `first + r`. */
struct Local {
  int64_t first = 0, count = 0;
  std::array<double, most_order + 1> values{};
};

/* Values by the recursion of Cox and de Boor, over the splines that reach x. Knots t[0] ... t[m] make m -
 * order splines, spline j from t[j] to t[j + order + 1]; all are 0 outside of [t[0], t[m]) and at a NaN. */
template <class Knot> Local basis_at(std::span<const Knot> knots, int64_t order, double x) {
  const int64_t last = static_cast<int64_t>(knots.size()) - 1;
  const auto above =
      std::upper_bound(knots.begin(), knots.end(), x, [](double a, Knot b) { return a < double(b); });
  const int64_t interval = (above - knots.begin()) - 1; /* t[interval] <= x < t[interval + 1] */
  if (interval < 0 || interval >= last) return {};
  const auto t = [&](int64_t j) { return double(knots[static_cast<size_t>(j)]); };
  /* Slot r holds spline interval - order + r; of degree d only the last d + 1 slots are not 0. */
  std::array<double, most_order + 2> slots{};
  slots[static_cast<size_t>(order)] = 1;
  for (int64_t degree = 1; degree <= order; degree++) {
    for (int64_t r = order - degree; r <= order; r++) {
      const int64_t j = interval - order + r;
      const size_t slot = static_cast<size_t>(r);
      double value = 0;
      if (j >= 0 && j + degree + 1 <= last) {
        if (r > order - degree) value += (x - t(j)) / (t(j + degree) - t(j)) * slots[slot];
        if (r < order) value += (t(j + degree + 1) - x) / (t(j + degree + 1) - t(j + 1)) * slots[slot + 1];
      }
      slots[slot] = value;
    }
  }
  Local out;
  out.first = std::max<int64_t>(interval - order, 0);
  const int64_t end = std::min(interval + 1, last - order); /* splines past the last one do not exist */
  out.count = std::max<int64_t>(end - out.first, 0);
  for (int64_t r = 0; r < out.count; r++)
    out.values[static_cast<size_t>(r)] = slots[static_cast<size_t>(out.first - (interval - order) + r)];
  return out;
}

} // namespace spline

#endif
