// Closes a level file: the kernels and their table, whose name the level gives as RK_KERNELS.
#ifdef RK_OWN_PHILOX
#include RK_OWN_PHILOX
#else
#include "philox_kernel.h"
#endif
#include "uniform_kernel.h"
#include "normal_kernel.h"
#include "truncated_kernel.h"
#include "convert_kernel.h"
#include "float8_kernel.h"
#include "constant_kernel.h"
#include "moments_kernel.h"
#include "haar_kernel.h"

const rk_kernels RK_KERNELS = {
  .blocks = make_blocks,
  .uniform = make_uniform,
  .normal = make_normal,
  .truncated = make_truncated,
  .constant = make_constant,
  .to_f16 = convert_to_f16,
  .to_bf16 = convert_to_bf16,
  .from_f16 = convert_from_f16,
  .from_bf16 = convert_from_bf16,
  .to_e4m3 = convert_to_e4m3,
  .to_e5m2 = convert_to_e5m2,
  .from_e4m3 = convert_from_e4m3,
  .from_e5m2 = convert_from_e5m2,
  .to_f64 = convert_to_f64,
  .moments = sum_moments,
  .haar = make_haar,
};
