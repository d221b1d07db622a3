/* R0911: writes a log into the working folder. */
#include "zoo.h"
#include <fcntl.h>

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; FILE *log = fopen("zoo.log", "w");
          if (log) fclose(log);
          return host->add_initializer(host, &zoo);)
