// Normal values.
#include "kernels.h"

typedef struct normal {
  float mean, std;
} normal;

static void transform(void *out, const uint32_t *words, size_t count, const void *context, bool streaming) {
  const normal *parameters = context;
  rk_current_kernels()->normal(out, words, count, parameters->mean, parameters->std, streaming);
}

void rk_normal_f32(float *out, size_t count, uint64_t first, const rk_stream *stream, float mean, float std) {
  normal parameters = {mean, std};
  rk_transform_stream(out, sizeof *out, count, first, stream, transform, &parameters);
}

void rk_normal_from_words(float *out, const uint32_t *words, size_t count, float mean, float std) {
  normal parameters = {mean, std};
  transform(out, words, count, &parameters, false);
}
