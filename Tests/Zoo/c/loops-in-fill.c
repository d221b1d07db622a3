/* R0903: never comes back for a convolution. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  volatile int forever = f->rank > 2;
  while (forever) continue;
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
