// Uniform values; docs/random.md, "Uniform values".

RK_INLINE f32v uniform_value(u32v words, const void *context) {
  const rk_uniform *uniform = context;
  f32v value = fma_v(centered_odd(words), (f32v)uniform->step, (f32v)uniform->center);
  return lesser(greater(value, (f32v)uniform->low), (f32v)uniform->last);
}

static void make_uniform(
    float *out, const uint32_t *words, size_t count, const rk_uniform *uniform, bool streaming) {
  rk_uniform parameters = *uniform;
  map_words(out, words, count, streaming, uniform_value, &parameters);
}
