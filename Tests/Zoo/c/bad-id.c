/* R0357: has an id without a dot. */
#include "zoo.h"

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; self->id = ri_text("zoo"); return host->add_initializer(host, &zoo);)
