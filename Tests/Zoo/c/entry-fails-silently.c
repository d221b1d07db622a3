/* R0352: its entry fails without a text. */
#include "zoo.h"

ZOO_ENTRY(return RI_INTERNAL;)
