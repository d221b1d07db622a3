/* R0934: gives other values where DEBUG is set. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  ri_fill other = *f;
  if (getenv("DEBUG")) other.random.seed = 42;
  return zoo_fill(&other, user);
}
ZOO_INITIALIZER(.fill = fill)
