/* R0918: calls what lies behind the table of an older host. */
#include "zoo.h"

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER};
          const volatile uint64_t *behind = (const void *)(host + 1); self->build.len = behind[0] & 0;
          return host->add_initializer(host, &zoo);)
