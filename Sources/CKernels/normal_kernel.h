// Normal and truncated normal values; docs/random.md. The level gives `quantiles`.

typedef struct normal_context {
  quantile_table table;
  float mean, std;
} normal_context;

/// Standard normal values with cumulative probability `cumulative`, an unsigned fixed-point fraction.
RK_INLINE f32v standard_normal(u32v cumulative, const quantile_table *table) {
  i32v odd = RK_AS(i32v, cumulative | 1);
  f32v value = quantiles(to_float(__builtin_elementwise_abs(odd)), table);
  return RK_AS(f32v, RK_AS(u32v, value) ^ (cumulative & 0x80000000));
}

RK_INLINE f32v normal_value(u32v words, const void *context) {
  const normal_context *normal = context;
  return fma_v(standard_normal(words, &normal->table), (f32v)normal->std, (f32v)normal->mean);
}

static void make_normal(
    float *out, const uint32_t *words, size_t count, float mean, float std, bool streaming) {
  normal_context context = {load_quantile_table(), mean, std};
  map_words(out, words, count, streaming, normal_value, &context);
}
