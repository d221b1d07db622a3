// What the levels implement and the public functions use.
#ifndef RK_KERNELS_H
#define RK_KERNELS_H

#include "ckernels.h"

#if defined(__x86_64__)
#define RK_X86 1
#elif defined(__aarch64__)
#define RK_ARM 1
#endif

// Sums of products are rounded once where they are written so, and nowhere else.
#pragma STDC FP_CONTRACT OFF

enum {
  RK_ROUNDS = 10,
  /// Words made at a time, between generator and transform: they stay in the first-level cache.
  RK_CHUNK = 1024,
  /// Most blocks the generators of all levels write past the ones asked for.
  RK_BLOCK_SLACK = 8,
  /// Calls that write at least this much go around the caches.
  RK_STREAMING_BYTES = 4 << 20,
};

/// Columns of a power of two would share a few sets of the caches.
#define RK_HAAR_STEP(m) ((m) | 1)

/// The constant part of a Philox computation, widened to the 64-bit lanes of the kernels.
typedef struct rk_philox {
  uint64_t key0[RK_ROUNDS], key1[RK_ROUNDS];
  uint64_t lane;          ///< Shifted to where it stands in counter word 1.
  uint64_t name0, name1;  ///< Counter words 2 and 3.
} rk_philox;

/// value = clamp(fma(k, step, center)) for odd k from 1 - 2^24 to 2^24 - 1.
typedef struct rk_uniform {
  float step, center, low, last;
} rk_uniform;

/// One level's kernels. Transforms with `streaming` need `out` aligned to 64 bytes.
typedef struct rk_kernels {
  /// `count` blocks from `block` on, rounded up to at most RK_BLOCK_SLACK more than asked for.
  /// The low 32 bits of the block numbers asked for must not overflow.
  void (*blocks)(uint32_t *out, uint64_t block, size_t count, const rk_philox *philox);
  void (*uniform)(float *out, const uint32_t *words, size_t count, const rk_uniform *, bool streaming);
  void (*normal)(float *out, const uint32_t *words, size_t count, float mean, float std, bool streaming);
  /// All methods but the tail.
  void (*truncated)(float *out, const uint32_t *words, size_t count, const rk_truncation *, bool streaming);
  void (*constant)(void *out, size_t bytes, uint64_t pattern, bool streaming);
  void (*to_f16)(uint16_t *out, const float *in, size_t count);
  void (*to_bf16)(uint16_t *out, const float *in, size_t count);
  void (*from_f16)(float *out, const uint16_t *in, size_t count);
  void (*from_bf16)(float *out, const uint16_t *in, size_t count);
  void (*to_e4m3)(uint8_t *out, const float *in, size_t count);
  void (*to_e5m2)(uint8_t *out, const float *in, size_t count);
  void (*from_e4m3)(float *out, const uint8_t *in, size_t count);
  void (*from_e5m2)(float *out, const uint8_t *in, size_t count);
  void (*to_f64)(double *out, const float *in, size_t count);
  /// `count` is not 0.
  bool (*moments)(rk_moments *out, const float *in, size_t count);
  /// RK_HAAR_LANES matrices, interleaved, with RK_HAAR_STEP(m) rows for each column: `values` are lost.
  void (*haar)(void *values, void *matrices, size_t m, size_t n, double gain);
} rk_kernels;

extern const rk_kernels rk_kernels_scalar;
#if RK_X86
extern const rk_kernels rk_kernels_avx2;
extern const rk_kernels rk_kernels_avx512;
#elif RK_ARM
extern const rk_kernels rk_kernels_neon;
#endif

/// The kernels of the level in use.
const rk_kernels *rk_current_kernels(void);

/// Turns words into values; `context` holds the arguments.
typedef void (*rk_transform)(
    void *out, const uint32_t *words, size_t count, const void *context, bool streaming);

/// Runs `transform` over the words `first` to `first + count` of the stream, in chunks.
void rk_transform_stream(
    void *out, size_t element, size_t count, uint64_t first, const rk_stream *stream, rk_transform transform,
    const void *context);

#endif
