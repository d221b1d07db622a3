// Which level's kernels are used: looked up once, kept in one atomic pointer.
#include <stdatomic.h>

#include "kernels.h"

static _Atomic(const rk_kernels *) current;

static const rk_kernels *kernels_of(rk_level_t level) {
  switch (level) {
    case RK_LEVEL_SCALAR: return &rk_kernels_scalar;
#if RK_X86
    case RK_LEVEL_AVX2: return &rk_kernels_avx2;
    case RK_LEVEL_AVX512: return &rk_kernels_avx512;
#endif
    default: return NULL;
  }
}

static rk_level_t highest_level(void) {
#if RK_X86
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma") || !__builtin_cpu_supports("f16c"))
    return RK_LEVEL_SCALAR;
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
      && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq"))
    return RK_LEVEL_AVX512;
  return RK_LEVEL_AVX2;
#else
  return RK_LEVEL_SCALAR;
#endif
}

const rk_kernels *rk_current_kernels(void) {
  const rk_kernels *kernels = atomic_load_explicit(&current, memory_order_acquire);
  if (__builtin_expect(kernels != NULL, 1)) return kernels;
  // A level chosen by rk_use_level meanwhile is not overwritten.
  const rk_kernels *found = kernels_of(highest_level());
  if (atomic_compare_exchange_strong(&current, &kernels, found)) return found;
  return kernels;
}

rk_level_t rk_level(void) {
  const rk_kernels *kernels = rk_current_kernels();
  for (rk_level_t level = RK_LEVEL_AVX512; level > RK_LEVEL_SCALAR; level--)
    if (kernels == kernels_of(level)) return level;
  return RK_LEVEL_SCALAR;
}

bool rk_use_level(rk_level_t level) {
  const rk_kernels *kernels = kernels_of(level);
  if (kernels == NULL || level > highest_level()) return false;
  atomic_store_explicit(&current, kernels, memory_order_release);
  return true;
}
