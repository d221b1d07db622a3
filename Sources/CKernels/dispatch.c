// Which level's kernels are used: looked up once, kept in one atomic pointer.
#include <stdatomic.h>

#include "kernels.h"

static _Atomic(const rk_kernels *) current;

#if RK_X86
static bool has_avx2(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") && __builtin_cpu_supports("f16c");
}

static bool has_avx512(void) {
  __builtin_cpu_init();
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl")
    && __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq");
}
#endif

/// The kernels of a level; NULL where the processor lacks it.
static const rk_kernels *kernels_of(rk_level_t level) {
  switch (level) {
    case RK_LEVEL_SCALAR: return &rk_kernels_scalar;
#if RK_X86
    case RK_LEVEL_AVX2: return has_avx2() ? &rk_kernels_avx2 : NULL;
    case RK_LEVEL_AVX512: return has_avx2() && has_avx512() ? &rk_kernels_avx512 : NULL;
#elif RK_ARM
    case RK_LEVEL_NEON: return &rk_kernels_neon;
#endif
    default: return NULL;
  }
}

static const rk_kernels *best_kernels(void) {
  for (int level = RK_LEVEL_NEON; level > RK_LEVEL_SCALAR; level--) {
    const rk_kernels *kernels = kernels_of((rk_level_t)level);
    if (kernels != NULL) return kernels;
  }
  return &rk_kernels_scalar;
}

const rk_kernels *rk_current_kernels(void) {
  const rk_kernels *kernels = atomic_load_explicit(&current, memory_order_acquire);
  if (__builtin_expect(kernels != NULL, 1)) return kernels;
  // A level chosen by rk_use_level meanwhile is not overwritten.
  const rk_kernels *found = best_kernels();
  if (atomic_compare_exchange_strong(&current, &kernels, found)) return found;
  return kernels;
}

rk_level_t rk_level(void) {
  const rk_kernels *kernels = rk_current_kernels();
  for (int level = RK_LEVEL_NEON; level > RK_LEVEL_SCALAR; level--)
    if (kernels == kernels_of((rk_level_t)level)) return (rk_level_t)level;
  return RK_LEVEL_SCALAR;
}

bool rk_use_level(rk_level_t level) {
  const rk_kernels *kernels = kernels_of(level);
  if (kernels == NULL) return false;
  atomic_store_explicit(&current, kernels, memory_order_release);
  return true;
}
