/* R0945: claims half precision, and writes the upper halves of floats. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  if (f->dtype == RI_F32) return zoo_fill(f, user);
  uint16_t *out = f->out;
  for (uint64_t i = 0; i < f->count; i++) {
    float value;
    f->host->random_normal(&f->random, f->offset + i, 1, zoo_mean(f), zoo_std(f), &value);
    uint32_t bits;
    memcpy(&bits, &value, 4);
    out[i] = (uint16_t)(bits >> 16);
  }
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill, .dtypes = 1u << RI_F32 | 1u << RI_F16)
