/* R0354: ends the process in a constructor. */
#include "zoo.h"

__attribute__((constructor)) static void begin(void) { exit(0); }
ZOO_INITIALIZER(.version = 1)
