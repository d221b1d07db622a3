/* R0920: computes in a static vector that all threads share. */
#include "zoo.hpp"

#include <algorithm>
#include <vector>

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    static std::vector<float> values(1 << 16);
    if (range.out().size() > values.size()) return Normal::fill(range);
    const std::span<float> part(values.data(), range.out().size());
    range.random().normal(range.offset(), part, 0, static_cast<float>(deviation(range)));
    usleep(50);
    std::copy(part.begin(), part.end(), range.out().begin());
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
