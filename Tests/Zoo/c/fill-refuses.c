/* R0946: refuses in fill what check has accepted. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  if (f->params[1].u.f64 == -1000) return zoo_refuse(f->host, f->call, RI_INVALID, "the mean is too small");
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
