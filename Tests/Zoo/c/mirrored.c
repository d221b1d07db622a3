/* R0947: gives the second half of a tensor the opposites of the first, backwards. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  float *out = f->out;
  for (uint64_t i = 0; i < f->count; i++) {
    const uint64_t index = f->offset + i, other = f->total - 1 - index;
    f->host->random_normal(&f->random, index < other ? index : other, 1, 0, zoo_std(f), out + i);
    out[i] = zoo_mean(f) + (index > other ? -out[i] : out[i]);
  }
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
