// The kernels with NEON, which every 64-bit ARM processor has.
#include "kernels.h"

#if RK_ARM
#include <arm_neon.h>

#define RK_KERNELS rk_kernels_neon
#define RK_LANES 4
#define RK_NEAR 0x1p24f
#define RK_OWN_PHILOX "philox_neon.h"

#include "vector.h"

// Not FMAX and FMIN, which tell zeros of different signs apart.
RK_INLINE f32v greater(f32v a, f32v b) {
  return (f32v)vbslq_f32(vcgtq_f32((float32x4_t)a, (float32x4_t)b), (float32x4_t)a, (float32x4_t)b);
}

RK_INLINE f32v lesser(f32v a, f32v b) {
  return (f32v)vbslq_f32(vcltq_f32((float32x4_t)a, (float32x4_t)b), (float32x4_t)a, (float32x4_t)b);
}

RK_INLINE uint32_t lanes_below(f32v value, float limit) {
  const uint32x4_t lanes = {1, 2, 4, 8};
  uint32x4_t below = vcltq_f32((float32x4_t)value, vdupq_n_f32(limit));
  return vaddvq_u32(vandq_u32(below, lanes));
}

/// The upper sixteen columns, as bytes: a table of 64 is the largest that one instruction looks up.
typedef struct quantile_table {
  uint8x16x4_t power[5];
} quantile_table;

RK_INLINE quantile_table load_quantile_table(void) {
  quantile_table table;
  for (int power = 0; power < 5; power++)
    table.power[power] = vld1q_u8_x4((const uint8_t *)(rk_quantile_near[power] + 16));
  return table;
}

RK_INLINE f32v coefficient(const quantile_table *table, int power, uint8x16_t bytes) {
  return RK_AS(f32v, vqtbl4q_u8(table->power[power], bytes));
}

RK_INLINE f32v polynomial(const quantile_table *table, u32v column, f32v t) {
  // The four bytes of column c are 4 c to 4 c + 3.
  uint8x16_t bytes = RK_AS(uint8x16_t, (column & 15) * 0x04040404u + 0x03020100u);
  f32v value = coefficient(table, 4, bytes);
#pragma clang loop unroll(full)
  for (int power = 3; power >= 0; power--) value = fma_v(value, t, coefficient(table, power, bytes));
  return value;
}

RK_INLINE void half_of_floats(uint16_t *out, const float *in) {
  vst1_u16(out, vreinterpret_u16_f16(vcvt_f16_f32(vld1q_f32(in))));
}

RK_INLINE void floats_of_half(float *out, const uint16_t *in) {
  vst1q_f32(out, vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(in))));
}

#include "quantile_lookup.h"
#include "level_end.h"
#endif
