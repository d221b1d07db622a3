// Truncated normal values; docs/random.md, "Truncated normal values". The tail method is in truncated.c.

typedef struct truncated_context {
  quantile_table table;
  rk_truncation truncation;
} truncated_context;

RK_INLINE f32v inside(f32v value, const rk_truncation *truncation) {
  return lesser(greater(value, (f32v)truncation->first), (f32v)truncation->last);
}

/// The upper halves of the products, computed two words to a 64-bit lane.
RK_INLINE u32v upper_product(u32v words, uint32_t factor) {
  u64v both = RK_AS(u64v, words);
  u64v lower = low_product(both, factor) >> 32, upper = low_product(both >> 32, factor);
  return RK_AS(u32v, lower | (upper & 0xFFFFFFFF00000000));
}

RK_INLINE f32v truncated_at(u32v cumulative, const truncated_context *context) {
  const rk_truncation *truncation = &context->truncation;
  f32v standard = standard_normal(cumulative, &context->table);
  return inside(fma_v(standard, (f32v)truncation->std, (f32v)truncation->mean), truncation);
}

RK_INLINE f32v whole_value(u32v words, const void *context) { return truncated_at(words, context); }

RK_INLINE f32v body_value(u32v words, const void *context) {
  const rk_truncation *truncation = &((const truncated_context *)context)->truncation;
  u32v scaled = upper_product(words, (uint32_t)truncation->width);
  return truncated_at(scaled + (uint32_t)truncation->start, context);
}

RK_INLINE f32v narrow_value(u32v words, const void *context) {
  const rk_truncation *truncation = context;
  f32v u = centered_odd(words) * 0x1p-24f;
  f32v warp = fma_v((f32v)truncation->warp[3], u, (f32v)truncation->warp[2]);
  warp = fma_v(warp, u, (f32v)truncation->warp[1]);
  warp = fma_v(warp, u, (f32v)truncation->warp[0]);
  f32v place = fma_v(fma_v(u, u, (f32v)-1.0f), warp, u);
  return inside(fma_v(place, (f32v)truncation->half, (f32v)truncation->center), truncation);
}

static void make_truncated(
    float *out, const uint32_t *words, size_t count, const rk_truncation *truncation, bool streaming) {
  if (truncation->method == RK_TRUNCATION_NARROW) {
    rk_truncation parameters = *truncation;
    map_words(out, words, count, streaming, narrow_value, &parameters);
    return;
  }
  truncated_context context = {load_quantile_table(), *truncation};
  if (truncation->method == RK_TRUNCATION_WHOLE)
    map_words(out, words, count, streaming, whole_value, &context);
  else
    map_words(out, words, count, streaming, body_value, &context);
}
