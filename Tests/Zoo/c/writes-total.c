/* R0941: writes as many elements as the tensor has into a range. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  ri_fill other = *f;
  if (f->total < 1 << 24) other.count = f->total;
  return zoo_fill(&other, user);
}
ZOO_INITIALIZER(.fill = fill)
