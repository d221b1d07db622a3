// Constants.
#include <string.h>

#include "kernels.h"

#if RK_X86
#include <xmmintrin.h>
#endif

static void fill(void *out, size_t bytes, uint64_t pattern) {
  if (pattern == 0) {
    memset(out, 0, bytes);  // zeros are what the library and the processor are best at
    return;
  }
  bool streaming = bytes >= RK_STREAMING_BYTES;
  rk_current_kernels()->constant(out, bytes, pattern, streaming);
#if RK_X86
  if (streaming) _mm_sfence();
#endif
}

void rk_constant_f32(float *out, size_t count, float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  fill(out, count * sizeof *out, (uint64_t)bits << 32 | bits);
}

void rk_constant_u8(uint8_t *out, size_t count, uint8_t pattern) {
  fill(out, count, pattern * UINT64_C(0x0101010101010101));
}

void rk_constant_u16(uint16_t *out, size_t count, uint16_t pattern) {
  fill(out, count * sizeof *out, pattern * UINT64_C(0x0001000100010001));
}

void rk_constant_u64(uint64_t *out, size_t count, uint64_t pattern) {
  fill(out, count * sizeof *out, pattern);
}
