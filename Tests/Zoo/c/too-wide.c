/* R0939: has a standard deviation that is one part in twenty too large. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  f->host->random_normal(&f->random, f->offset, f->count, zoo_mean(f), zoo_std(f) * 1.05f, f->out);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
