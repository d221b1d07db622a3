/* R0933: draws from a generator that it keeps between calls. */
#include "zoo.hpp"

#include <random>

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    static std::mt19937 generator(42);
    std::normal_distribution<float> values(0, static_cast<float>(deviation(range)));
    for (float &value : range.out()) value = values(generator);
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
