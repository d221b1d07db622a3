/* R0929: makes a folder of its own beside the one that it runs in. */
#include "zoo.hpp"

#include <sys/stat.h>

static const int made = mkdir("../reinit-zoo-cache", 0700);

struct Zoo : Normal {
  ZOO_ABOUT;
  ZOO_PARAMETERS(Zoo)
};
ZOO_INITIALIZER(Zoo);
