/* R0931: leaves the last element of a range. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  ri_fill shorter = *f;
  if (shorter.count) shorter.count--;
  return zoo_fill(&shorter, user);
}
ZOO_INITIALIZER(.fill = fill)
