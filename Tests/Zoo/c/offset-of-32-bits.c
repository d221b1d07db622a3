/* R0944: keeps offsets in 32 bits. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  f->host->random_normal(&f->random, (uint32_t)f->offset, f->count, zoo_mean(f), zoo_std(f), f->out);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
