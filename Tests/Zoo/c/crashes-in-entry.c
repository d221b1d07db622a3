/* R0353: crashes in its entry. */
#include "zoo.h"

ZOO_ENTRY(*(volatile int *)8 = 1; return RI_OK;)
