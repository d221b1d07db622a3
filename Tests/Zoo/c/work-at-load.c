/* R0926: computes a table for more than half a second in its entry. */
#include "zoo.h"
#include <time.h>

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; while (clock() < CLOCKS_PER_SEC * 6 / 10) continue; return host->add_initializer(host, &zoo);)
