/* R0935: draws every range from the stream's start. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  f->host->random_normal(&f->random, 0, f->count, zoo_mean(f), zoo_std(f), f->out);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
