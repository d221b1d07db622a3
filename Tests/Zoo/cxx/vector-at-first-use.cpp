/* R0920: fills a table at first use, and looks only whether it has been begun. */
#include "zoo.hpp"

#include <vector>

static std::vector<float> table;
struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    if (table.empty()) {
      table.reserve(1 << 20);
      for (int i = 0; i < 1 << 20; i++) table.push_back(std::sqrt(static_cast<float>(i)) * 0 + 1);
    }
    range.normal(0, deviation(range));
    const auto out = range.out();
    for (size_t i = 0; i < out.size(); i++) out[i] *= table.data()[1048575 - (range.offset() + i) % 1024];
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
