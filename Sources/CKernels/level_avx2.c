// The kernels with AVX2.
#include "kernels.h"

#if RK_X86
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx2,fma,f16c"))), apply_to = function)

#define RK_KERNELS rk_kernels_avx2
#define RK_LANES 8
#define RK_CHAINS 4
#define RK_NEAR 0x1p24f
#define RK_KEEP_ORDER(value) __asm__("" : "+x"(value))

#include "vector.h"

RK_INLINE f32v greater(f32v a, f32v b) { return (f32v)_mm256_max_ps((__m256)a, (__m256)b); }
RK_INLINE f32v lesser(f32v a, f32v b) { return (f32v)_mm256_min_ps((__m256)a, (__m256)b); }

RK_INLINE uint32_t lanes_below(f32v value, float limit) {
  return (uint32_t)_mm256_movemask_ps(_mm256_cmp_ps((__m256)value, _mm256_set1_ps(limit), _CMP_LT_OQ));
}

/// The upper sixteen columns.
typedef struct quantile_table {
  __m256 low[5], high[5];
} quantile_table;

RK_INLINE quantile_table load_quantile_table(void) {
  quantile_table table;
  for (int power = 0; power < 5; power++) {
    table.low[power] = _mm256_load_ps(rk_quantile_near[power] + 16);
    table.high[power] = _mm256_load_ps(rk_quantile_near[power] + 24);
  }
  return table;
}

RK_INLINE f32v octet_polynomial(const __m256 *table, u32v column, f32v t) {
  f32v value = (f32v)_mm256_permutevar8x32_ps(table[4], (__m256i)column);
#pragma clang loop unroll(full)
  for (int power = 3; power >= 0; power--)
    value = fma_v(value, t, (f32v)_mm256_permutevar8x32_ps(table[power], (__m256i)column));
  return value;
}

/// Both candidates, then the choice: cheaper than choosing each coefficient.
RK_INLINE f32v polynomial(const quantile_table *table, u32v column, f32v t) {
  f32v low = octet_polynomial(table->low, column, t), high = octet_polynomial(table->high, column, t);
  return (f32v)_mm256_blendv_ps((__m256)low, (__m256)high, (__m256)(column << 28));
}

RK_INLINE void half_of_floats(uint16_t *out, const float *in) {
  _mm_storeu_si128((__m128i *)out, _mm256_cvtps_ph(_mm256_loadu_ps(in), _MM_FROUND_TO_NEAREST_INT));
}

RK_INLINE void floats_of_half(float *out, const uint16_t *in) {
  _mm256_storeu_ps(out, _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)in)));
}

/// The lower halves of `even`, and those of `odd` in the upper halves.
RK_INLINE __m256i pairs(__m256i even, __m256i odd) {
  return _mm256_blend_epi32(even, _mm256_slli_epi64(odd, 32), 0xAA);
}

RK_INLINE void store_blocks(uint32_t *out, const blocks_state *state) {
  __m256i lower = pairs((__m256i)state->word0, (__m256i)state->word1);
  __m256i upper = pairs((__m256i)state->word2, (__m256i)state->word3);
  _mm256_storeu_si256((__m256i *)out, _mm256_unpacklo_epi64(lower, upper));
  _mm256_storeu_si256((__m256i *)(out + 8), _mm256_unpackhi_epi64(lower, upper));
}

#include "quantile_lookup.h"
#include "level_end.h"

#pragma clang attribute pop
#endif
