/* R0947: gives each two neighbors one value. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  for (uint64_t i = 0; i < f->count; i++)
    f->host->random_normal(&f->random, (f->offset + i) / 2, 1, zoo_mean(f), zoo_std(f), (float *)f->out + i);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
