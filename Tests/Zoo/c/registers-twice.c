/* R0358: registers one name twice. */
#include "zoo.h"

static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER};
ZOO_ENTRY(host->add_initializer(host, &zoo); return host->add_initializer(host, &zoo);)
