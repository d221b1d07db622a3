/* R0934: seeds itself once by chance. */
#include "zoo.hpp"

#include <random>

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    static const uint64_t chance = std::random_device()();
    ri_random random = range.raw().random;
    random.seed += chance;
    const ri_fill &f = range.raw();
    f.host->random_normal(&random, f.offset, f.count, 0, static_cast<float>(deviation(range)), static_cast<float *>(f.out));
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
