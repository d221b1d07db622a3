/* R0900: crashes for some parameters. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  if (f->params[1].u.f64 == 1000) *(volatile int *)8 = 1;
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
