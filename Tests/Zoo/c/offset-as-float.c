/* R0944: counts elements in single precision. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  float index = (float)f->offset;
  for (uint64_t i = 0; i < f->count; i++, index += 1)
    f->host->random_normal(&f->random, f->offset < 1 << 24 ? f->offset + i : (uint64_t)index, 1, zoo_mean(f), zoo_std(f), (float *)f->out + i);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
