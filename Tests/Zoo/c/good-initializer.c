/* none: a control. */
#include "zoo.h"

ZOO_INITIALIZER(.version = 1)
