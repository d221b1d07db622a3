/* The four functions, as torch defines them. */
#include <math.h>

#include "squeeze_excite.h"

static float sigmoid(float x) { return 1 / (1 + expf(-x)); }
static float hardsigmoid(float x) { return x <= -3 ? 0 : x >= 3 ? 1 : (x + 3) / 6; }

void se_activate(activation kind, const float *in, float *out, uint64_t count) {
  for (uint64_t i = 0; i < count; i++) {
    const float x = in[i];
    out[i] = kind == SILU ? x * sigmoid(x) : x < 0 ? 0 : x; /* a NaN stays one */
  }
}

void se_gate(gate kind, const float *in, float *out, uint64_t count) {
  for (uint64_t i = 0; i < count; i++) out[i] = kind == SIGMOID ? sigmoid(in[i]) : hardsigmoid(in[i]);
}
