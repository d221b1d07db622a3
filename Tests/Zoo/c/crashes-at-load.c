/* R0353: crashes in a constructor. */
#include "zoo.h"

__attribute__((constructor)) static void begin(void) { *(volatile int *)8 = 1; }
ZOO_INITIALIZER(.version = 1)
