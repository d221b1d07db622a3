// Sixteen small matrices at a time, one in each lane.
//
// G. W. Stewart, SIAM J. Numer. Anal. 17 (1980): reflections of normal vectors, one after the other, onto the identity.

/// The sum of squares of a column from row `from` on, by lane.
RK_INLINE f64x16 square_norm(const f32x16 *column, size_t from, size_t m) {
  f64x16 sum = 0;
  for (size_t i = from; i < m; i++) {
    f64x16 x = __builtin_convertvector(column[i], f64x16);
    sum += x * x;
  }
  return sum;
}

/// x becomes v = (x + sign(x1) |x| e1)/|x|; gives 2/|v|^2, and in `sign` the sign that makes the distribution Haar's.
RK_INLINE f32x16 make_reflection(f32x16 *x, size_t j, size_t m, f32x16 *sign) {
  f64x16 norm = __builtin_elementwise_sqrt(square_norm(x, j, m));
  f64x16 safe = norm > 0 ? norm : 1;
  *sign = x[j] < 0 ? (f32x16)1 : (f32x16)-1;
  x[j] = __builtin_convertvector(norm > 0, i32x16) != 0 ? x[j] - *sign * __builtin_convertvector(norm, f32x16) : 1;
  f32x16 factor = __builtin_convertvector(1 / safe, f32x16);
  for (size_t i = j; i < m; i++) x[i] *= factor;
  return __builtin_convertvector(2 / square_norm(x, j, m), f32x16);
}

/// Columns q -= v * (2/|v|^2 * v'q), from row j on.
RK_INLINE void reflect(const f32x16 *v, f32x16 *q, size_t j, size_t m, size_t columns, f32x16 scale) {
  const size_t step = RK_HAAR_STEP(m);
  f32x16 dot[4] = {0};
  for (size_t i = j; i < m; i++)
#pragma clang loop unroll(full)
    for (size_t c = 0; c < columns; c++) dot[c] += v[i] * q[c * step + i];
  for (size_t c = 0; c < columns; c++) dot[c] *= scale;
  for (size_t i = j; i < m; i++)
#pragma clang loop unroll(full)
    for (size_t c = 0; c < columns; c++) q[c * step + i] -= v[i] * dot[c];
}

/// Exactly that length: rounding has moved it by some 1e-7.
RK_INLINE void scale_column(f32x16 *q, size_t m, f32x16 sign, double gain) {
  f64x16 factor = gain / __builtin_elementwise_sqrt(square_norm(q, 0, m));
  f32x16 with_sign = sign * __builtin_convertvector(factor, f32x16);
  for (size_t i = 0; i < m; i++) q[i] *= with_sign;
}

static void make_haar(void *values, void *matrices, size_t m, size_t n, double gain) {
  const size_t step = RK_HAAR_STEP(m);
  f32x16 *v = values, *q = matrices, signs[RK_HAAR_COLUMNS];
  for (size_t i = 0; i < step * n; i++) q[i] = 0;
  for (size_t j = n; j-- > 0;) {
    q[j * step + j] = 1;
    f32x16 scale = make_reflection(v + j * step, j, m, &signs[j]);
    size_t c = j;
    for (; c + 4 <= n; c += 4) reflect(v + j * step, q + c * step, j, m, 4, scale);
    for (; c < n; c++) reflect(v + j * step, q + c * step, j, m, 1, scale);
  }
  for (size_t j = 0; j < n; j++) scale_column(q + j * step, m, signs[j], gain);
}
