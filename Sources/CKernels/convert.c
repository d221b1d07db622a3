// Conversions of element types.
#include "kernels.h"

void rk_f32_to_f16(uint16_t *out, const float *in, size_t count) {
  rk_current_kernels()->to_f16(out, in, count);
}

void rk_f32_to_bf16(uint16_t *out, const float *in, size_t count) {
  rk_current_kernels()->to_bf16(out, in, count);
}

void rk_f16_to_f32(float *out, const uint16_t *in, size_t count) {
  rk_current_kernels()->from_f16(out, in, count);
}

void rk_bf16_to_f32(float *out, const uint16_t *in, size_t count) {
  rk_current_kernels()->from_bf16(out, in, count);
}

void rk_f32_to_e4m3(uint8_t *out, const float *in, size_t count) {
  rk_current_kernels()->to_e4m3(out, in, count);
}

void rk_f32_to_e5m2(uint8_t *out, const float *in, size_t count) {
  rk_current_kernels()->to_e5m2(out, in, count);
}

void rk_e4m3_to_f32(float *out, const uint8_t *in, size_t count) {
  rk_current_kernels()->from_e4m3(out, in, count);
}

void rk_e5m2_to_f32(float *out, const uint8_t *in, size_t count) {
  rk_current_kernels()->from_e5m2(out, in, count);
}

void rk_f32_to_f64(double *out, const float *in, size_t count) {
  rk_current_kernels()->to_f64(out, in, count);
}
