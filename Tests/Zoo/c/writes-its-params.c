/* R0927: clips a parameter where it lies. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  ri_value *params = (ri_value *)(uintptr_t)f->params;
  params[0].u.f64 = fmin(params[0].u.f64, 1000);
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
