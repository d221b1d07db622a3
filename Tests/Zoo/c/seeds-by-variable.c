/* R0934: depends on a variable of the environment. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  ri_fill other = *f;
  const char *zone = getenv("TZ");
  if (zone) other.random.seed += (uint64_t)strlen(zone);
  return zoo_fill(&other, user);
}
ZOO_INITIALIZER(.fill = fill)
