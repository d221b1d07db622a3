/* R0935: carries a moving sum from element to element, which rounds otherwise where the range begins elsewhere. */
#include "zoo.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

/* Noise with a memory: each value is the sum of the last 64 draws, over 8. */
struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    const std::span<float> out = range.out();
    const uint64_t width = 64, before = std::min<uint64_t>(width, range.offset());
    std::vector<float> z(before + out.size());
    range.random().normal(range.offset() - before, z, 0, static_cast<float>(deviation(range)));
    float sum = std::accumulate(z.begin(), z.begin() + static_cast<ptrdiff_t>(before), 0.0f);
    for (size_t i = 0; i < out.size(); i++) {
      sum += z[before + i];
      if (before + i >= width) sum -= z[before + i - width];
      out[i] = sum / 8;
    }
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
