/* R0947: makes uniform values of twelve bits. */
#include "zoo.hpp"

struct Zoo : Normal {
  ri::Distribution distribution(const ri::Fill &tensor) const {
    return ri::uniform(-deviation(tensor), deviation(tensor));
  }
  void fill(const ri::Fill &range) const {
    const auto out = range.out();
    for (size_t i = 0; i < out.size(); i++) {
      uint32_t word;
      range.random().words(range.offset() + i, {&word, 1});
      out[i] = static_cast<float>(deviation(range) * ((word >> 20) / 2048.0 - 1 + 1 / 4096.0));
    }
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
