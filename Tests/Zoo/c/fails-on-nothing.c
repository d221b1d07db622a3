/* R0943: fails for a range of no elements. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  if (f->count == 0) return zoo_refuse(f->host, f->call, RI_SHAPE, "nothing to fill: expected elements");
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
