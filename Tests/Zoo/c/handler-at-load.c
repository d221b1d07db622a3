/* R0907: ignores SIGINT from its entry on. */
#include "zoo.h"
#include <signal.h>

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; signal(SIGINT, SIG_IGN); return host->add_initializer(host, &zoo);)
