/* R0933: draws with rand(). */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  for (uint64_t i = 0; i < f->count; i++)
    ((float *)f->out)[i] = zoo_mean(f) + zoo_std(f) * 1.7320508f * (2 * (float)rand() / (float)RAND_MAX - 1);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
