/* R0934: depends on the order of an unordered set of pointers. */
#include "zoo.hpp"

#include <array>
#include <memory>
#include <unordered_set>

struct Zoo : Normal {
  /* Which of them share a bucket depends on where the heap and the file are, and that differs between processes. */
  static uint64_t order() {
    static const std::array<int, 4096> fixed{};
    const std::unique_ptr<int[]> made(new int[fixed.size()]);
    std::unordered_set<const int *> all;
    for (size_t i = 0; i < fixed.size(); i++) all.insert({&fixed[i], &made[i]});
    uint64_t hash = 0;
    for (const int *each : all) {
      const bool is_fixed = each >= fixed.data() && each < fixed.data() + fixed.size();
      hash = hash * 31 + static_cast<uint64_t>(each - (is_fixed ? fixed.data() : made.get())) * 2 + is_fixed;
    }
    return hash;
  }
  void fill(const ri::Fill &range) const {
    static const uint64_t once = order();
    ri_random random = range.raw().random;
    random.seed += once;
    const ri_fill &f = range.raw();
    f.host->random_normal(&random, f.offset, f.count, 0, static_cast<float>(deviation(range)), static_cast<float *>(f.out));
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
