// Vectors of one level. A level_*.c file defines RK_LANES (32-bit lanes of a vector), includes this, defines
// what differs between the levels, and includes the kernels.
#ifndef RK_VECTOR_H
#define RK_VECTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "kernels.h"
#include "quantile.h"

#define RK_BLOCKS (RK_LANES / 2)
#define RK_INLINE static inline __attribute__((always_inline))

typedef float f32v __attribute__((ext_vector_type(RK_LANES)));
typedef int32_t i32v __attribute__((ext_vector_type(RK_LANES)));
typedef uint32_t u32v __attribute__((ext_vector_type(RK_LANES)));
/// One Philox block, or one of its products, in each lane.
typedef uint64_t u64v __attribute__((ext_vector_type(RK_BLOCKS)));

/// The four words of a Philox computation. The upper halves of the lanes are not kept clean.
typedef struct blocks_state {
  u64v word0, word1, word2, word3;
} blocks_state;

/// Sixteen lanes whatever the level's vectors: sums that every level adds up in one order.
typedef float f32x16 __attribute__((ext_vector_type(16)));
typedef double f64x16 __attribute__((ext_vector_type(16)));
typedef int32_t i32x16 __attribute__((ext_vector_type(16)));
/// They are passed to functions that are inlined, and to no others.
#pragma clang diagnostic ignored "-Wpsabi"

#define RK_AS(type, value) __builtin_bit_cast(type, value)

RK_INLINE f32v to_float(i32v value) { return __builtin_convertvector(value, f32v); }

RK_INLINE f32v fma_v(f32v a, f32v b, f32v c) { return __builtin_elementwise_fma(a, b, c); }

/// The lower halves of the lanes times `multiplier`.
RK_INLINE u64v low_product(u64v value, uint32_t multiplier) {
  return (value & 0xFFFFFFFF) * (uint64_t)multiplier;
}

/// 2 (w >> 8) + 1 - 2^24 for each word w: odd, and of 24 bits, so exact.
RK_INLINE f32v centered_odd(u32v words) {
  return to_float(((RK_AS(i32v, words) >> 7) ^ (int32_t)0xFF000000) | 1);
}

RK_INLINE u32v load_words(const uint32_t *words) {
  u32v vector;
  memcpy(&vector, words, sizeof vector);
  return vector;
}

RK_INLINE void store_values(float *out, f32v value, bool streaming) {
  if (streaming)
    __builtin_nontemporal_store(value, (f32v *)out);
  else
    memcpy(out, &value, sizeof value);
}

/// What a transform makes of one vector of words.
typedef f32v (*vector_transform)(u32v words, const void *context);

RK_INLINE void map_whole(
    float *out, const uint32_t *words, size_t count, bool streaming, vector_transform value,
    const void *context) {
  for (size_t i = 0; i < count; i += RK_LANES)
    store_values(out + i, value(load_words(words + i), context), streaming);
}

RK_INLINE void map_part(
    float *out, const uint32_t *words, size_t count, vector_transform value, const void *context) {
  u32v part = 0x40000000;  // a word that no transform finds rare
  memcpy(&part, words, count * sizeof *words);
  f32v values = value(part, context);
  memcpy(out, &values, count * sizeof *out);
}

/// Applies `value`, which is inlined, to all words.
RK_INLINE void map_words(
    float *out, const uint32_t *words, size_t count, bool streaming, vector_transform value,
    const void *context) {
  size_t whole = count - count % RK_LANES;
  if (streaming)
    map_whole(out, words, whole, true, value, context);
  else
    map_whole(out, words, whole, false, value, context);
  if (whole < count) map_part(out + whole, words + whole, count - whole, value, context);
}

#endif
