/* R0357: has neither fill nor distribution. */
#include "zoo.h"

ZOO_INITIALIZER(.fill = NULL, .distribution = NULL)
