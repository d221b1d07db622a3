/* R0906: prints when it is loaded. */
#include "zoo.h"

__attribute__((constructor)) static void begin(void) { puts("zoo 1.0 loaded"); fflush(stdout); }
ZOO_INITIALIZER(.version = 1)
