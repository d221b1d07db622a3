// Conversions of element types. The level gives `half_of_floats` and `floats_of_half`, for RK_LANES elements;
// the compiler makes vectors of the other loops.

RK_INLINE uint32_t bits_of(float value) { return RK_AS(uint32_t, value); }

RK_INLINE uint16_t bfloat_of(float value) {
  uint32_t bits = bits_of(value);
  uint32_t rounded = (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
  uint32_t quiet = bits >> 16 | 0x40;
  return (uint16_t)((bits & 0x7FFFFFFF) > 0x7F800000 ? quiet : rounded);
}

static void convert_to_bf16(uint16_t *out, const float *in, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = bfloat_of(in[i]);
}

static void convert_from_bf16(float *out, const uint16_t *in, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = RK_AS(float, (uint32_t)in[i] << 16);
}

static void convert_to_f64(double *out, const float *in, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = in[i];
}

static void convert_to_f16(uint16_t *out, const float *in, size_t count) {
  size_t i = 0;
  for (; i + RK_LANES <= count; i += RK_LANES) half_of_floats(out + i, in + i);
  if (i == count) return;
  float part[RK_LANES] = {0};
  uint16_t converted[RK_LANES];
  memcpy(part, in + i, (count - i) * sizeof *in);
  half_of_floats(converted, part);
  memcpy(out + i, converted, (count - i) * sizeof *out);
}

static void convert_from_f16(float *out, const uint16_t *in, size_t count) {
  size_t i = 0;
  for (; i + RK_LANES <= count; i += RK_LANES) floats_of_half(out + i, in + i);
  if (i == count) return;
  uint16_t part[RK_LANES] = {0};
  float converted[RK_LANES];
  memcpy(part, in + i, (count - i) * sizeof *in);
  floats_of_half(converted, part);
  memcpy(out + i, converted, (count - i) * sizeof *out);
}
