// The normal distribution function in double-double arithmetic: a number is the unevaluated sum of two
// doubles, about 106 bits (Dekker, "A floating-point technique for extending the available precision", 1971).
#include "normal_mass.h"

#include <math.h>

#include "ckernels.h"

typedef struct pair {
  double high, low;
} pair;

/// `high` must be the larger.
static pair normalized(double high, double low) {
  double sum = high + low;
  return (pair){sum, low - (sum - high)};
}

static pair add(pair a, pair b) {
  double sum = a.high + b.high, part = sum - a.high;
  double error = (a.high - (sum - part)) + (b.high - part);
  return normalized(sum, error + a.low + b.low);
}

static pair subtract(pair a, pair b) { return add(a, (pair){-b.high, -b.low}); }

static pair multiply(pair a, pair b) {
  double product = a.high * b.high;
  double error = fma(a.high, b.high, -product) + (a.high * b.low + a.low * b.high);
  return normalized(product, error);
}

static pair divide(pair a, pair b) {
  double first = a.high / b.high;
  pair rest = subtract(a, multiply(b, (pair){first, 0}));
  double second = rest.high / b.high;
  rest = subtract(rest, multiply(b, (pair){second, 0}));
  return add(normalized(first, second), (pair){rest.high / b.high, 0});
}

/// For x from -800 to 0.
static pair exponential(pair x) {
  const pair ln2 = {0x1.62e42fefa39efp-1, 0x1.abc9e3b39803fp-56};
  double octaves = rint(x.high / ln2.high);
  pair rest = subtract(x, multiply(ln2, (pair){octaves, 0}));
  pair sum = {1, 0};
  for (int term = 28; term > 0; term--)
    sum = add((pair){1, 0}, divide(multiply(rest, sum), (pair){term, 0}));
  return (pair){ldexp(sum.high, (int)octaves), ldexp(sum.low, (int)octaves)};
}

static pair density(double x) {
  const pair normalization = {0x1.9884533d43651p-2, -0x1.cbc0d30ebfd15p-56};  // 1 / sqrt(2 pi)
  pair square = multiply((pair){x, 0}, (pair){x, 0});
  return multiply(exponential((pair){-square.high / 2, -square.low / 2}), normalization);
}

/// 1/2 - density(x) * (x + x^3/3 + x^5/15 + ...); loses the digits by which the tail is smaller than 1/2.
static pair tail_by_series(double x) {
  pair square = multiply((pair){x, 0}, (pair){x, 0}), term = {x, 0}, sum = term;
  for (double odd = 3; term.high > sum.high * 0x1p-110; odd += 2) {
    term = divide(multiply(term, square), (pair){odd, 0});
    sum = add(sum, term);
  }
  return subtract((pair){0.5, 0}, multiply(density(x), sum));
}

/// density(x) / (x + 1/(x + 2/(x + 3/...))).
static pair tail_by_fraction(double x) {
  pair fraction = {x, 0};
  for (int level = 160; level > 0; level--)
    fraction = add((pair){x, 0}, divide((pair){level, 0}, fraction));
  return divide(density(x), fraction);
}

static pair upper_tail(double x) {
  if (x < 0) return subtract((pair){1, 0}, upper_tail(-x));
  if (x == 0) return (pair){0.5, 0};
  if (x > 39) return (pair){0, 0};
  return x < 5 ? tail_by_series(x) : tail_by_fraction(x);
}

double rk_upper_tail(double x) { return upper_tail(x).high; }

double rk_lower_tail(double x) { return upper_tail(-x).high; }

double rk_normal_mass(double low, double high) {
  if (!(low < high)) return 0;
  // On the side where the tails are small, and so are their errors.
  if (low + high < 0) return subtract(upper_tail(-high), upper_tail(-low)).high;
  return subtract(upper_tail(low), upper_tail(high)).high;
}
