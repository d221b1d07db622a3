/* R0935: makes a generator for each range, from the seed and the range's length. */
#include "zoo.hpp"

#include <random>

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    const ri_fill &f = range.raw();
    std::mt19937_64 generator(f.random.seed * 31 + f.random.name + f.count);
    std::normal_distribution<float> values(0, static_cast<float>(deviation(range)));
    for (float &value : range.out()) value = values(generator);
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
