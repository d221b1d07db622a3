// IEEE binary16, one value at a time, for processors without an instruction for it.
#ifndef RK_HALF_H
#define RK_HALF_H

#include <stdint.h>
#include <string.h>

/// Rounds to nearest even; NaN becomes quiet and keeps its upper payload bits.
static inline uint16_t rk_half_of_float(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  uint16_t sign = (uint16_t)(bits >> 16 & 0x8000);
  bits &= 0x7FFFFFFF;
  if (bits > 0x7F800000) return (uint16_t)(sign | 0x7E00 | (bits >> 13 & 0x3FF));
  // 65520, halfway between the largest finite value and what would follow it.
  if (bits >= 0x477FF000) return (uint16_t)(sign | 0x7C00);
  if (bits < 0x38800000) {
    // Below the smallest normal value: adding 0.5 leaves multiples of 2^-24, rounded, in the lowest bits.
    float magnitude;
    memcpy(&magnitude, &bits, sizeof bits);
    magnitude += 0.5f;
    memcpy(&bits, &magnitude, sizeof bits);
    return (uint16_t)(sign | (bits - 0x3F000000));
  }
  uint32_t even = bits >> 13 & 1;
  return (uint16_t)(sign | ((bits - 0x38000000 + 0xFFF + even) >> 13));
}

/// Exact; NaN becomes quiet.
static inline float rk_float_of_half(uint16_t half) {
  uint32_t sign = (uint32_t)(half & 0x8000) << 16, exponent = half >> 10 & 0x1F, mantissa = half & 0x3FF;
  uint32_t bits = exponent + 112;
  if (exponent == 0) {
    float magnitude = (float)mantissa * 0x1p-24f;
    memcpy(&bits, &magnitude, sizeof bits);
  } else if (exponent == 31) {
    bits = 0x7F800000 | mantissa << 13 | (mantissa != 0 ? 0x400000 : 0);
  } else {
    bits = bits << 23 | mantissa << 13;
  }
  bits |= sign;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

#endif
