/// Kernels: random numbers as functions of the position, constants, conversions of element types, small orthogonal
/// matrices, moments.
///
/// docs/random.md specifies every random value to the bit. All functions are reentrant, allocate nothing and take no
/// lock; they compute the same bits at every level and for every cut of a range into calls. They assume the
/// default floating-point environment (round to nearest, subnormals kept). `out` needs the alignment of its
/// element; a count of 0 writes nothing. Positions are taken modulo 2^62.
#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// One endless sequence of random words.
typedef struct rk_stream {
  uint64_t seed;
  uint64_t name_hash;  ///< XXH64 with seed 0 of the tensor's name.
  uint32_t lane;       ///< 0 to 15; independent sequences of one tensor, higher bits are ignored.
  /// Writes around the caches, however few the values: for one of many tensors that do not fit them together.
  /// Changes no value. Calls that write much do so anyway.
  bool past_caches;
} rk_stream;

/// XXH64 with seed 0 of a name's bytes: what keys its stream. `name` may be null for a count of 0.
uint64_t rk_name_hash(const uint8_t *name, size_t count);

/// The instruction sets kernels are written for.
typedef enum rk_level_t {
  RK_LEVEL_SCALAR = 0,  ///< Portable C.
  RK_LEVEL_AVX2 = 1,    ///< AVX2, FMA, F16C.
  RK_LEVEL_AVX512 = 2,  ///< AVX-512 F, VL, BW, DQ.
  RK_LEVEL_NEON = 3,    ///< NEON, on 64-bit ARM.
} rk_level_t;

/// The level in use: the highest the processor has, unless `rk_use_level` chose another.
rk_level_t rk_level(void);

/// Uses `level` from now on, in all threads; false (and no change) if the processor lacks it. For tests.
bool rk_use_level(rk_level_t level);

/// Words `first` to `first + count` of the stream.
void rk_words(uint32_t *out, size_t count, uint64_t first, const rk_stream *stream);

/// Uniform values in [low, high). Both finite; with high <= low every value is `low`.
void rk_uniform_f32(float *out, size_t count, uint64_t first, const rk_stream *stream, float low, float high);

/// The same with another smallest and largest value than the floats `low` and the one below `high`: for values that
/// are rounded to a shorter type afterwards.
void rk_uniform_within_f32(
    float *out, size_t count, uint64_t first, const rk_stream *stream, float low, float high, float least,
    float greatest);

/// Normal values.
void rk_normal_f32(float *out, size_t count, uint64_t first, const rk_stream *stream, float mean, float std);

/// How words become values of a truncated normal distribution; made by `rk_truncation_make`.
typedef struct rk_truncation {
  uint32_t method;     ///< An rk_truncation_method.
  float mean, std;     ///< Of the parent.
  float first, last;   ///< The smallest and the largest value.
  float center, half;  ///< Narrow: the interval as center and half width.
  float warp[4];       ///< Narrow: the departure from the uniform distribution.
  uint64_t start;      ///< Body, tail: cumulative probability where the interval starts, fixed point.
  uint64_t width;      ///< Body, tail: probability of the interval, fixed point.
} rk_truncation;

/// What `rk_truncation.method` may be.
typedef enum rk_truncation_method {
  RK_TRUNCATION_WHOLE = 0,   ///< Cuts nothing that 31 bits can tell: the normal distribution itself.
  RK_TRUNCATION_BODY = 1,    ///< 32-bit cumulative probability.
  RK_TRUNCATION_TAIL = 2,    ///< Less than 1/64 of the mass: 64-bit cumulative probability; slower.
  RK_TRUNCATION_NARROW = 3,  ///< Almost uniform.
} rk_truncation_method;

/// Prepares the normal distribution with `mean` and `std` cut to the open interval (low, high), which may be
/// infinite. False if an argument is not a number, `mean` or `std` not finite, `std` not positive, no float
/// lies inside of the interval, or it holds less than 2^-40 of the mass.
bool rk_truncation_make(rk_truncation *out, float low, float high, float mean, float std);

/// Truncated normal values, all inside of the open interval.
void rk_truncated_f32(
    float *out, size_t count, uint64_t first, const rk_stream *stream, const rk_truncation *truncation);

/// Probability of a standard normal value between `low` and `high`, also far out to a few units in the last
/// place; 0 if `high` is not above `low`.
double rk_normal_mass(double low, double high);

/// The value `rk_uniform_f32` makes of each given word.
void rk_uniform_from_words(float *out, const uint32_t *words, size_t count, float low, float high);
/// The value `rk_normal_f32` makes of each given word.
void rk_normal_from_words(float *out, const uint32_t *words, size_t count, float mean, float std);
/// The value `rk_truncated_f32` makes of each given word.
void rk_truncated_from_words(
    float *out, const uint32_t *words, size_t count, const rk_truncation *truncation);

/// `count` times `value`.
void rk_constant_f32(float *out, size_t count, float value);
/// `count` times the pattern.
void rk_constant_u8(uint8_t *out, size_t count, uint8_t pattern);
/// `count` times the pattern.
void rk_constant_u16(uint16_t *out, size_t count, uint16_t pattern);
/// `count` times the pattern.
void rk_constant_u64(uint64_t *out, size_t count, uint64_t pattern);

/// Rounds to nearest even; what is too large becomes infinite, NaN a quiet NaN with its upper payload bits.
void rk_f32_to_f16(uint16_t *out, const float *in, size_t count);
/// Rounds to nearest even; what is too large becomes infinite, NaN a quiet NaN with its upper payload bits.
void rk_f32_to_bf16(uint16_t *out, const float *in, size_t count);
/// Exact; NaN becomes quiet.
void rk_f16_to_f32(float *out, const uint16_t *in, size_t count);
/// Exact.
void rk_bf16_to_f32(float *out, const uint16_t *in, size_t count);
/// Rounds to nearest even to e4m3fn: 1 sign, 4 exponent, 3 mantissa bits, no infinity. What rounds to more than 448
/// becomes NaN, 0x7F or 0xFF, as NaN does.
void rk_f32_to_e4m3(uint8_t *out, const float *in, size_t count);
/// Rounds to nearest even to e5m2: 1 sign, 5 exponent, 2 mantissa bits. What rounds to more than 57344 becomes infinite,
/// NaN 0x7E or 0xFE.
void rk_f32_to_e5m2(uint8_t *out, const float *in, size_t count);
/// Exact; NaN is quiet and has no payload.
void rk_e4m3_to_f32(float *out, const uint8_t *in, size_t count);
/// Exact; NaN is quiet and has no payload.
void rk_e5m2_to_f32(float *out, const uint8_t *in, size_t count);
/// Exact.
void rk_f32_to_f64(double *out, const float *in, size_t count);

/// What one pass over a block of floats tells.
typedef struct rk_moments {
  float min, max;
  size_t zeros;                  ///< Elements that are 0.
  double mean;
  double second, third, fourth;  ///< Sums of the powers of the distance from the mean.
} rk_moments;

/// False, and nothing told, where an element is not finite. `count` is not 0; a block of some thousand elements is
/// read from the first-level cache the second time.
bool rk_moments_f32(rk_moments *out, const float *in, size_t count);

enum {
  /// Matrices that `rk_haar_f32` makes at a time.
  RK_HAAR_LANES = 16,
  /// Its most columns.
  RK_HAAR_COLUMNS = 64,
};

/// Replaces normal values, m x n by column for each of `count` matrices, with the columns of Haar-distributed
/// orthogonal matrices times `gain`. m >= n, and at most RK_HAAR_COLUMNS columns. `work` is lent:
/// 2 RK_HAAR_LANES (m + 1) n floats, aligned to 64 bytes. A matrix does not depend on the others.
void rk_haar_f32(float *matrices, size_t count, size_t m, size_t n, double gain, float *work);

/// How many processors the calling thread, and threads that it starts, may run on; 0 where the system does not say.
size_t rk_permitted_processors(void);

/// Names the calling thread for debuggers and `/proc/self/task/*/comm`: up to 15 bytes.
void rk_name_thread(const char *name);

#ifdef __cplusplus
}
#endif

#endif
