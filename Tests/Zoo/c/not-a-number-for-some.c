/* R0932: takes the root of a negative number for some parameters. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  const float std = (float)(sqrt(f->params[0].u.f64 + (f->params[1].u.f64 < -500 ? -2000 : 0)) / sqrt(f->fan_in));
  f->host->random_normal(&f->random, f->offset, f->count, zoo_mean(f), std, f->out);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill, .distribution = NULL)
