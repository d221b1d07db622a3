/* R0373: registers nothing. */
#include "zoo.h"

ZOO_ENTRY(return RI_OK;)
