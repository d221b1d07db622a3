/* R0905: is linked with -ffast-math, which flushes subnormals in the whole process. */
/* flags: -ffast-math */
#include "zoo.h"

ZOO_INITIALIZER(.version = 1)
