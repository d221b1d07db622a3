/* R0906: prints by std::cout. */
#include "zoo.hpp"

#include <iostream>

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    std::cout << "fill of " << range.out().size() << " elements" << std::endl;
    Normal::fill(range);
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
