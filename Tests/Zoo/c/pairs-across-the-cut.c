/* R0935: makes two normal values of two words, beginning with the range. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  float *out = f->out;
  for (uint64_t i = 0; i < f->count; i += 2) {
    float u[2];
    f->host->random_uniform(&f->random, f->offset + i, 2, 1e-7f, 1, u);
    const float r = zoo_std(f) * sqrtf(-2 * logf(u[0]));
    out[i] = zoo_mean(f) + r * cosf(6.2831853f * u[1]);
    if (i + 1 < f->count) out[i + 1] = zoo_mean(f) + r * sinf(6.2831853f * u[1]);
  }
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
