// The kernels with AVX-512.
#include "kernels.h"

#if RK_X86
#include <immintrin.h>

#pragma clang attribute push( \
    __attribute__((target("avx2,fma,f16c,avx512f,avx512vl,avx512bw,avx512dq"))), apply_to = function)

#define RK_KERNELS rk_kernels_avx512
#define RK_LANES 16
#define RK_CHAINS 8
#define RK_NEAR 0x1p17f
#define RK_KEEP_ORDER(value) __asm__("" : "+v"(value))

#include "vector.h"

RK_INLINE f32v greater(f32v a, f32v b) { return (f32v)_mm512_max_ps((__m512)a, (__m512)b); }
RK_INLINE f32v lesser(f32v a, f32v b) { return (f32v)_mm512_min_ps((__m512)a, (__m512)b); }

RK_INLINE uint32_t lanes_below(f32v value, float limit) {
  return _mm512_cmp_ps_mask((__m512)value, _mm512_set1_ps(limit), _CMP_LT_OQ);
}

typedef struct quantile_table {
  __m512 low[5], high[5];
} quantile_table;

RK_INLINE quantile_table load_quantile_table(void) {
  quantile_table table;
  for (int power = 0; power < 5; power++) {
    table.low[power] = _mm512_load_ps(rk_quantile_near[power]);
    table.high[power] = _mm512_load_ps(rk_quantile_near[power] + 16);
  }
  return table;
}

RK_INLINE f32v coefficient(const quantile_table *table, int power, u32v column) {
  return (f32v)_mm512_permutex2var_ps(table->low[power], (__m512i)column, table->high[power]);
}

RK_INLINE f32v polynomial(const quantile_table *table, u32v column, f32v t) {
  f32v value = coefficient(table, 4, column);
#pragma clang loop unroll(full)
  for (int power = 3; power >= 0; power--) value = fma_v(value, t, coefficient(table, power, column));
  return value;
}

RK_INLINE void half_of_floats(uint16_t *out, const float *in) {
  _mm256_storeu_si256((__m256i *)out, _mm512_cvtps_ph(_mm512_loadu_ps(in), _MM_FROUND_TO_NEAREST_INT));
}

RK_INLINE void floats_of_half(float *out, const uint16_t *in) {
  _mm512_storeu_ps(out, _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)in)));
}

/// The lower halves of `even`, and those of `odd` in the upper halves.
RK_INLINE __m512i pairs(__m512i even, __m512i odd) {
  return _mm512_mask_shuffle_epi32(even, 0xAAAA, odd, _MM_PERM_CCAA);
}

RK_INLINE void store_blocks(uint32_t *out, const blocks_state *state) {
  __m512i lower = pairs((__m512i)state->word0, (__m512i)state->word1);
  __m512i upper = pairs((__m512i)state->word2, (__m512i)state->word3);
  _mm512_storeu_si512(out, _mm512_unpacklo_epi64(lower, upper));
  _mm512_storeu_si512(out + 16, _mm512_unpackhi_epi64(lower, upper));
}

#include "quantile_lookup.h"
#include "level_end.h"

#pragma clang attribute pop
#endif
