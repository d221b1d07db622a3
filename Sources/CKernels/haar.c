// Many small matrices with orthonormal columns.
#include "kernels.h"

/// The matrices' values, lane by lane; lanes without a matrix get the last one's.
static void gather(float *lanes, const float *matrices, size_t count, size_t m, size_t n) {
  const float *matrix[RK_HAAR_LANES];
  for (size_t lane = 0; lane < RK_HAAR_LANES; lane++)
    matrix[lane] = matrices + (lane < count ? lane : count - 1) * m * n;
  for (size_t j = 0; j < n; j++)
    for (size_t i = 0; i < m; i++)
      for (size_t lane = 0; lane < RK_HAAR_LANES; lane++)
        lanes[(j * RK_HAAR_STEP(m) + i) * RK_HAAR_LANES + lane] = matrix[lane][j * m + i];
}

static void scatter(const float *lanes, float *matrices, size_t count, size_t m, size_t n) {
  for (size_t lane = 0; lane < count; lane++)
    for (size_t j = 0; j < n; j++)
      for (size_t i = 0; i < m; i++)
        matrices[(lane * n + j) * m + i] = lanes[(j * RK_HAAR_STEP(m) + i) * RK_HAAR_LANES + lane];
}

void rk_haar_f32(float *matrices, size_t count, size_t m, size_t n, double gain, float *work) {
  float *values = work, *made = work + RK_HAAR_LANES * RK_HAAR_STEP(m) * n;
  for (size_t first = 0; first < count; first += RK_HAAR_LANES) {
    size_t used = count - first < RK_HAAR_LANES ? count - first : RK_HAAR_LANES;
    float *some = matrices + first * m * n;
    gather(values, some, used, m, n);
    rk_current_kernels()->haar(values, made, m, n, gain);
    scatter(made, some, used, m, n);
  }
}
