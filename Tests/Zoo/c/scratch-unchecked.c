/* R0915: does not look whether it has got memory. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  float *values = f->host->scratch(f->call, f->count * 4 + 4, 64);
  f->host->random_normal(&f->random, f->offset, f->count, zoo_mean(f), zoo_std(f), values);
  values[f->count] = 0;
  memcpy(f->out, values, f->count * 4);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
