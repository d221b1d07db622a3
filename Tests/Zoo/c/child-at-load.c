/* R0912: starts a process. */
#include "zoo.h"

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER};
          if (fork() == 0) { sleep(30); _exit(0); } return host->add_initializer(host, &zoo);)
