/* R0313: exports no entry. */
#include "zoo.h"

RI_EXPORT int nothing(void) { return 0; }
