/* R0307: exports no entry. */
#include "zoo.h"

RI_EXPORT int nothing(void) { return 0; }
