// Sums over a block of floats, in sixteen running sums whatever the level's vectors: all levels add in one order.

RK_INLINE f32x16 load_floats(const float *in) {
  f32x16 vector;
  memcpy(&vector, in, sizeof vector);
  return vector;
}

/// The lanes' sum, in the order of a tree.
RK_INLINE double sum_of(f64x16 v) {
  double part[16];
  memcpy(part, &v, sizeof part);
  for (int width = 8; width > 0; width /= 2)
    for (int lane = 0; lane < width; lane++) part[lane] += part[lane + width];
  return part[0];
}

/// Range, sum and zeros of whole vectors; false where an element is not finite.
RK_INLINE bool first_pass(rk_moments *out, const float *in, size_t whole) {
  f32x16 low = in[0], high = in[0], poison = 0;
  f64x16 sum = 0;
  i32x16 zeros = 0;
  for (size_t i = 0; i < whole; i += 16) {
    f32x16 x = load_floats(in + i);
    low = x < low ? x : low;
    high = x > high ? x : high;
    zeros -= x == 0;
    poison += x * 0;  // not a number from the first element on that is not finite
    sum += __builtin_convertvector(x, f64x16);
  }
  for (int lane = 0; lane < 16; lane++) {
    if (poison[lane] != 0) return false;
    if (low[lane] < out->min) out->min = low[lane];
    if (high[lane] > out->max) out->max = high[lane];
    out->zeros += (size_t)zeros[lane];
  }
  out->mean = sum_of(sum);
  return true;
}

/// Powers of the distance from the mean.
RK_INLINE void second_pass(rk_moments *out, const float *in, size_t whole, double mean) {
  f64x16 second = 0, third = 0, fourth = 0;
  for (size_t i = 0; i < whole; i += 16) {
    f64x16 d = __builtin_convertvector(load_floats(in + i), f64x16) - mean;
    f64x16 square = d * d;
    second += square;
    third += square * d;
    fourth += square * square;
  }
  out->second = sum_of(second);
  out->third = sum_of(third);
  out->fourth = sum_of(fourth);
}

static bool sum_moments(rk_moments *out, const float *in, size_t count) {
  size_t whole = count & ~(size_t)15;
  *out = (rk_moments){.min = in[0], .max = in[0]};
  if (!first_pass(out, in, whole)) return false;
  for (size_t i = whole; i < count; i++) {
    if (!(in[i] * 0 == 0)) return false;
    if (in[i] < out->min) out->min = in[i];
    if (in[i] > out->max) out->max = in[i];
    out->zeros += in[i] == 0;
    out->mean += in[i];
  }
  out->mean /= (double)count;
  second_pass(out, in, whole, out->mean);
  for (size_t i = whole; i < count; i++) {
    double d = in[i] - out->mean, square = d * d;
    out->second += square;
    out->third += square * d;
    out->fourth += square * square;
  }
  return true;
}
