/* R0357: sets a flag that does not exist. */
#include "zoo.h"

ZOO_INITIALIZER(.flags = 1u << 15)
