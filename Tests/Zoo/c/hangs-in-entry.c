/* R0355: does not come back from its entry. */
#include "zoo.h"

ZOO_ENTRY(for (;;) pause();)
