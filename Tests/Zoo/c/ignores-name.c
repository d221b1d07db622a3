/* R0937: gives equal values to all tensors. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  ri_fill other = *f;
  other.random.name = 42;
  return zoo_fill(&other, user);
}
ZOO_INITIALIZER(.fill = fill)
