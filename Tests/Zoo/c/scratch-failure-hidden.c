/* R0915: says that it succeeded when it has got no memory. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  float *values = f->host->scratch(f->call, f->count * 4 + 4, 64);
  if (!values) {
    memset(f->out, 0, f->count * 4);
    return RI_OK;
  }
  f->host->random_normal(&f->random, f->offset, f->count, zoo_mean(f), zoo_std(f), values);
  memcpy(f->out, values, f->count * 4);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
