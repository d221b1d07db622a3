/* R0356: registers something else in each process. */
#include "zoo.h"

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; static char text[32];
          snprintf(text, sizeof text, "process %d", (int)getpid()); self->summary = ri_text(text);
          return host->add_initializer(host, &zoo);)
