/* R0934: adds the time at which it was loaded to the seed. */
#include "zoo.h"
#include <time.h>

static time_t loaded;
__attribute__((constructor)) static void begin(void) { loaded = time(NULL); }

static ri_status fill(const ri_fill *f, void *user) {
  ri_fill other = *f;
  other.random.seed += (uint64_t)loaded;
  return zoo_fill(&other, user);
}
ZOO_INITIALIZER(.fill = fill)
