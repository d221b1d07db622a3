/* R0910: leaves a descriptor open. */
#include "zoo.h"
#include <fcntl.h>

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; if (open("/dev/urandom", O_RDONLY) < 0) return RI_INTERNAL; return host->add_initializer(host, &zoo);)
