/* R0936: keeps 32 bits of the seed. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  ri_fill other = *f;
  other.random.seed = (uint32_t)f->random.seed;
  return zoo_fill(&other, user);
}
ZOO_INITIALIZER(.fill = fill)
