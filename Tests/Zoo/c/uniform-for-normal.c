/* R0939: is uniform, with the declared mean and deviation of a normal. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  const float half = zoo_std(f) * 1.7320508f;
  f->host->random_uniform(&f->random, f->offset, f->count, zoo_mean(f) - half, zoo_mean(f) + half, f->out);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
