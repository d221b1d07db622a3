/* R0357: has no rebuild. */
#include "layer.h"

ZOO_LAYER(.rebuild = NULL)
