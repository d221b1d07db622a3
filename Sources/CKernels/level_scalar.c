// The kernels in portable C: short vectors, which compilers take apart where a target has none.
#include "kernels.h"

#define RK_KERNELS rk_kernels_scalar
#define RK_LANES 4
#define RK_CHAINS 4
#define RK_KEEP_ORDER(value) (void)(value)

#include "half.h"
#include "vector.h"

RK_INLINE f32v greater(f32v a, f32v b) {
  for (int lane = 0; lane < RK_LANES; lane++) a[lane] = a[lane] > b[lane] ? a[lane] : b[lane];
  return a;
}

RK_INLINE f32v lesser(f32v a, f32v b) {
  for (int lane = 0; lane < RK_LANES; lane++) a[lane] = a[lane] < b[lane] ? a[lane] : b[lane];
  return a;
}

/// Nothing to load: every row is read from memory.
typedef struct quantile_table {
  char unused;
} quantile_table;

RK_INLINE quantile_table load_quantile_table(void) { return (quantile_table){0}; }

RK_INLINE f32v quantiles(f32v q, const quantile_table *table) {
  (void)table;
  for (int lane = 0; lane < RK_LANES; lane++) q[lane] = rk_quantile(q[lane], 32);
  return q;
}

RK_INLINE void half_of_floats(uint16_t *out, const float *in) {
  for (int lane = 0; lane < RK_LANES; lane++) out[lane] = rk_half_of_float(in[lane]);
}

RK_INLINE void floats_of_half(float *out, const uint16_t *in) {
  for (int lane = 0; lane < RK_LANES; lane++) out[lane] = rk_float_of_half(in[lane]);
}

RK_INLINE void store_blocks(uint32_t *out, const blocks_state *state) {
  for (int lane = 0; lane < RK_BLOCKS; lane++) {
    out[4 * lane] = (uint32_t)state->word0[lane];
    out[4 * lane + 1] = (uint32_t)state->word1[lane];
    out[4 * lane + 2] = (uint32_t)state->word2[lane];
    out[4 * lane + 3] = (uint32_t)state->word3[lane];
  }
}

#include "level_end.h"
