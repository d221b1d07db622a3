/* One Gabor function, sampled at the taps of a kernel. */
#ifndef GABOR_FILTER_HPP
#define GABOR_FILTER_HPP

#include <cmath>
#include <cstddef>
#include <numbers>
#include <span>

namespace gabor {

/* Lengths in taps, angles in radians. */
struct Filter {
  double wavelength = 4, orientation = 0, phase = 0, sigma = 2, gamma = 0.5;
  friend bool operator==(const Filter &, const Filter &) = default;
};

/* exp(−(x'² + γ²y'²)/(2σ²))·cos(2πx'/λ + φ), x' = x·cos θ + y·sin θ, y' = −x·sin θ + y·cos θ, row-major. Row
 * r and column c are y = (height − 1)/2 − r and x = (width − 1)/2 − c, as in OpenCV's getGaborKernel. */
inline void sample(const Filter &filter, size_t height, size_t width, std::span<double> out) {
  const double cosine = std::cos(filter.orientation), sine = std::sin(filter.orientation);
  const double across = -0.5 / (filter.sigma * filter.sigma), along = across * filter.gamma * filter.gamma;
  const double frequency = 2 * std::numbers::pi / filter.wavelength;
  for (size_t row = 0; row < height; row++)
    for (size_t column = 0; column < width; column++) {
      const double y = static_cast<double>(height - 1) / 2 - static_cast<double>(row);
      const double x = static_cast<double>(width - 1) / 2 - static_cast<double>(column);
      const double u = x * cosine + y * sine, v = y * cosine - x * sine;
      out[row * width + column] =
          std::exp(across * u * u + along * v * v) * std::cos(frequency * u + filter.phase);
    }
}

inline void subtract_mean(std::span<double> taps) {
  double sum = 0;
  for (double tap : taps) sum += tap;
  for (double &tap : taps) tap -= sum / static_cast<double>(taps.size());
}

inline double mean_square(std::span<const double> taps) {
  double sum = 0;
  for (double tap : taps) sum += tap * tap;
  return sum / static_cast<double>(taps.size());
}

} // namespace gabor

#endif
