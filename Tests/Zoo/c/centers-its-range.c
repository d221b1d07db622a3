/* R0935: subtracts the mean of the range from it. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  zoo_fill(f, user);
  float *out = f->out, sum = 0;
  for (uint64_t i = 0; i < f->count; i++) sum += out[i];
  for (uint64_t i = 0; i < f->count; i++) out[i] -= sum / (float)f->count - zoo_mean(f);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill, .distribution = NULL)
