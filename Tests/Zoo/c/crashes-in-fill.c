/* R0900: reads through a null pointer for three axes and more. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  if (f->rank > 2) return ((ri_status *)user)[0];
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
