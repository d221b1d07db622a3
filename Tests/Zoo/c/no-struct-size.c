/* R0357: forgets struct_size. */
#include "zoo.h"

ZOO_INITIALIZER(.struct_size = 0)
