/* R0947: gives each second element the opposite of the one before. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  float *out = f->out;
  for (uint64_t i = 0; i < f->count; i++) {
    const uint64_t index = f->offset + i;
    f->host->random_normal(&f->random, index / 2, 1, 0, zoo_std(f), out + i);
    out[i] = zoo_mean(f) + (index % 2 ? -out[i] : out[i]);
  }
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
