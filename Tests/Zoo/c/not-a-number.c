/* R0932: divides by a spatial size that a matrix does not have. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  const double taps = f->rank > 2 ? 1 : 0;
  f->host->random_normal(&f->random, f->offset, f->count, zoo_mean(f), zoo_std(f), f->out);
  for (uint64_t i = 0; i < f->count; i++) ((float *)f->out)[i] = (float)(((float *)f->out)[i] * taps / taps);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
