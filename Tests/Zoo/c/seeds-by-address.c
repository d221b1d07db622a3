/* R0934: takes an address for chance. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  ri_fill other = *f;
  other.random.seed ^= (uint64_t)(uintptr_t)&zoo_params >> 12;
  return zoo_fill(&other, user);
}
ZOO_INITIALIZER(.fill = fill)
