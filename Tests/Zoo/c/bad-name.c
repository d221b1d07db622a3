/* R0357: has a name with a capital letter. */
#include "zoo.h"

ZOO_INITIALIZER(.name = RI_S("Zoo"))
