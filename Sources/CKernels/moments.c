// Sums over blocks of floats.
#include "kernels.h"

bool rk_moments_f32(rk_moments *out, const float *in, size_t count) {
  return rk_current_kernels()->moments(out, in, count);
}
