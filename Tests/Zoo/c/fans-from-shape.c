/* R0940: takes the fans from the shape. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  const float std = (float)(f->params[0].u.f64 / sqrt((double)f->total / (double)f->shape[0]));
  f->host->random_normal(&f->random, f->offset, f->count, zoo_mean(f), std, f->out);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
