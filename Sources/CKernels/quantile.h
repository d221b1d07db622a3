// The inverse of the normal distribution function, one value at a time; docs/random.md, "Normal values".
#ifndef RK_QUANTILE_H
#define RK_QUANTILE_H

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "quantile_table.h"

/// Quantile of p = q * 2^-bits, at most 1/2, for q of at least 1 and `bits` 32 or 64.
static inline float rk_quantile(float q, unsigned bits) {
  uint32_t pattern;
  memcpy(&pattern, &q, sizeof q);
  const float *row = rk_quantile_rows[(pattern >> 22) - 2 * 127 + 2 * (64 - bits)];
  pattern = (pattern & 0x3FFFFF) | 0x3F800000;
  float t;
  memcpy(&t, &pattern, sizeof t);
  t -= 1.25f;
  return fmaf(fmaf(fmaf(fmaf(row[4], t, row[3]), t, row[2]), t, row[1]), t, row[0]);
}

#endif
