/* R0943: divides by the number of elements. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  if (f->total % f->count == f->total) return RI_INTERNAL;
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
