/* R0908: sets the global locale. */
#include "zoo.hpp"

#include <locale>

struct Zoo : Normal {
  void fill(const ri::Fill &range) const {
    std::locale::global(std::locale("C.UTF-8"));
    Normal::fill(range);
  }
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
