/* R0911: keeps a log of its own in the working folder. */
#include "zoo.hpp"

#include <fstream>

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    std::ofstream("zoo.log", std::ios::app) << "fill of " << range.out().size() << " elements\n";
    Normal::fill(range);
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
