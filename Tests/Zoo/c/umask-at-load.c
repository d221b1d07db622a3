/* R0908: changes the mask of permissions. */
#include "zoo.h"
#include <sys/stat.h>

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; umask(0); return host->add_initializer(host, &zoo);)
