/* R0908: sets a variable of the environment. */
#include "zoo.h"

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; setenv("OMP_DYNAMIC", "true", 1); return host->add_initializer(host, &zoo);)
