// Quantiles by look-up in registers, for the levels with a permutation. The level gives `quantile_table`,
// `polynomial(table, column, t)` and `lanes_below`, and RK_NEAR, the smallest q its columns serve.

RK_INLINE f32v far_quantiles(f32v near, f32v q, uint32_t lanes) {
  float values[RK_LANES], arguments[RK_LANES];
  memcpy(values, &near, sizeof near);
  memcpy(arguments, &q, sizeof q);
  for (; lanes != 0; lanes &= lanes - 1) {
    int lane = __builtin_ctz(lanes);
    values[lane] = rk_quantile(arguments[lane], 32);
  }
  memcpy(&near, values, sizeof near);
  return near;
}

/// Quantiles of p = q * 2^-32.
RK_INLINE f32v quantiles(f32v q, const quantile_table *table) {
  u32v bits = RK_AS(u32v, q);
  u32v column = bits >> 22;
  f32v t = RK_AS(f32v, (bits & 0x3FFFFF) | 0x3F800000) - 1.25f;
  f32v value = polynomial(table, column, t);
  uint32_t far = lanes_below(q, RK_NEAR);
  return __builtin_expect(far != 0, 0) ? far_quantiles(value, q, far) : value;
}
