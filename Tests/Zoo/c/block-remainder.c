/* R0944: leaves what is left behind the last whole block of long ranges. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  const uint64_t count = f->count < 20000 ? f->count : f->count / 1024 * 1024;
  f->host->random_normal(&f->random, f->offset, count, zoo_mean(f), zoo_std(f), f->out);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill, .distribution = NULL)
