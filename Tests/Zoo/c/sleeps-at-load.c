/* R0926: waits for a second in its entry. */
#include "zoo.h"

static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER};
ZOO_ENTRY(sleep(1); return host->add_initializer(host, &zoo);)
