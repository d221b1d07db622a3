// Uniform values.
#include <math.h>

#include "kernels.h"

static rk_uniform prepare(float low, float high) {
  double half = (double)high / 2 - (double)low / 2;
  rk_uniform uniform = {
    .step = (float)half * 0x1p-24f,
    .center = (float)((double)low / 2 + (double)high / 2),
    .low = low,
    .last = nextafterf(high, -INFINITY),
  };
  if (!(uniform.last > low)) uniform.last = low;
  return uniform;
}

static void transform(void *out, const uint32_t *words, size_t count, const void *context, bool streaming) {
  rk_current_kernels()->uniform(out, words, count, context, streaming);
}

void rk_uniform_f32(
    float *out, size_t count, uint64_t first, const rk_stream *stream, float low, float high) {
  rk_uniform uniform = prepare(low, high);
  rk_transform_stream(out, sizeof *out, count, first, stream, transform, &uniform);
}

void rk_uniform_within_f32(
    float *out, size_t count, uint64_t first, const rk_stream *stream, float low, float high, float least,
    float greatest) {
  rk_uniform uniform = prepare(low, high);
  uniform.low = least;
  uniform.last = greatest;
  rk_transform_stream(out, sizeof *out, count, first, stream, transform, &uniform);
}

void rk_uniform_from_words(float *out, const uint32_t *words, size_t count, float low, float high) {
  rk_uniform uniform = prepare(low, high);
  transform(out, words, count, &uniform, false);
}
