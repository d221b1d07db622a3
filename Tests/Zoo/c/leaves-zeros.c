/* R0931: writes no zeros, trusting that memory is zeroed. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  float *out = f->out;
  for (uint64_t i = 0; i < f->count; i++) {
    float value;
    f->host->random_normal(&f->random, f->offset + i, 1, zoo_mean(f), zoo_std(f), &value);
    if (value > 0) out[i] = value;
  }
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill, .distribution = NULL)
