/* R0925: has no license. */
#include "zoo.h"

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; self->license = ri_text(NULL); return host->add_initializer(host, &zoo);)
