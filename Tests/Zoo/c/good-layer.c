/* none: a control. */
#include "layer.h"

ZOO_LAYER(.version = 1)
