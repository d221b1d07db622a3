/* R0900: throws out of a function that promises not to. */
#include "zoo.hpp"

struct Zoo : Normal {
  static void refuse() { throw ri::Error(RI_SHAPE, "a convolution: expected a matrix"); }
  static void require(const ri::Fill &range) noexcept {
    if (range.shape().size() > 2) refuse();
  }
  void fill(const ri::Fill &range) const {
    require(range);
    Normal::fill(range);
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
