// 8-bit floats: the compiler makes vectors of the loops. e5m2 is the upper half of a binary16, e4m3 has no infinity.

/// Rounds to nearest even to a format with so many bits of mantissa and such a bias; what is larger than all its codes
/// gives codes above 0x7F or NaN's. An infinity and a NaN are among that.
RK_INLINE uint32_t float8_magnitude(float value, uint32_t mantissa, uint32_t bias) {
  uint32_t bits = bits_of(value) & 0x7FFFFFFF, shift = 23 - mantissa;
  uint32_t normal = (bits - ((127 - bias) << 23) + (1u << (shift - 1)) - 1 + (bits >> shift & 1)) >> shift;
  // Below the smallest normal value: this sum leaves multiples of the smallest subnormal, rounded, in the lowest bits.
  uint32_t unit = (127 + 23 + 1 - bias - mantissa) << 23;
  uint32_t subnormal = bits_of(RK_AS(float, bits) + RK_AS(float, unit)) - unit;
  return bits < (128 - bias) << 23 ? subnormal : normal;
}

RK_INLINE uint8_t e4m3_of(float value) {
  uint32_t magnitude = float8_magnitude(value, 3, 7);
  return (uint8_t)((magnitude < 0x7F ? magnitude : 0x7F) | bits_of(value) >> 31 << 7);
}

RK_INLINE uint8_t e5m2_of(float value) {
  uint32_t magnitude = float8_magnitude(value, 2, 15);
  magnitude = magnitude < 0x7C ? magnitude : 0x7C;
  magnitude = (bits_of(value) & 0x7FFFFFFF) > 0x7F800000 ? 0x7E : magnitude;
  return (uint8_t)(magnitude | bits_of(value) >> 31 << 7);
}

RK_INLINE float float_of_e4m3(uint8_t code) {
  uint32_t magnitude = code & 0x7F, subnormal = bits_of((float)(int32_t)magnitude * 0x1p-9f);
  uint32_t bits = magnitude < 8 ? subnormal : (magnitude << 20) + (120u << 23);
  bits = magnitude == 0x7F ? 0x7FC00000 : bits;
  return RK_AS(float, bits | (uint32_t)code >> 7 << 31);
}

RK_INLINE float float_of_e5m2(uint8_t code) {
  uint32_t magnitude = code & 0x7F, subnormal = bits_of((float)(int32_t)magnitude * 0x1p-16f);
  uint32_t bits = magnitude < 4 ? subnormal : (magnitude << 21) + (112u << 23);
  bits = magnitude == 0x7C ? 0x7F800000 : bits;
  bits = magnitude > 0x7C ? 0x7FC00000 : bits;
  return RK_AS(float, bits | (uint32_t)code >> 7 << 31);
}

static void convert_to_e4m3(uint8_t *out, const float *in, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = e4m3_of(in[i]);
}

static void convert_to_e5m2(uint8_t *out, const float *in, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = e5m2_of(in[i]);
}

static void convert_from_e4m3(float *out, const uint8_t *in, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = float_of_e4m3(in[i]);
}

static void convert_from_e5m2(float *out, const uint8_t *in, size_t count) {
  for (size_t i = 0; i < count; i++) out[i] = float_of_e5m2(in[i]);
}
