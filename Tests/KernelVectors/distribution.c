// Holds a great many draws against the distributions that they are meant to have, far beyond what a test of Kolmogorov
// and Smirnov sees, and streams of neighboring names and seeds against each other. Everything is fixed: a result is not a
// matter of luck. Each line is a statistic in standard deviations of what chance alone gives; beyond 5 is a failure.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "ckernels.h"

enum { CHUNK = 1 << 16, BINS = 1300, LAGS = 8 };

static int failures;

static void report(const char *name, double z) {
  int is_bad = !(fabs(z) < 5);
  failures += is_bad;
  printf("%-44s %7.2f%s\n", name, z, is_bad ? "  <- beyond 5" : "");
}

static rk_stream stream_of(uint64_t seed, const char *name) {
  return (rk_stream){.seed = seed, .name_hash = XXH64(name, strlen(name), 0)};
}

/// Wilson and Hilferty: how far a chi-squared value is from its mean, as a normal deviate.
static double chi_squared_z(double value, double freedom) {
  double spread = 2 / (9 * freedom);
  return (cbrt(value / freedom) - (1 - spread)) / sqrt(spread);
}

/// The probability of a standard normal value between, from the library's erfc, on the side where it is exact.
static double mass(double low, double high) {
  if (low + high < 0) return mass(-high, -low);
  return (erfc(low / sqrt(2)) - erfc(high / sqrt(2))) / 2;
}

typedef struct sums {
  double power[9];                ///< Sums of powers.
  double lag[LAGS + 1];           ///< Sums of products of values so far apart.
  uint64_t bin[BINS];             ///< Hundredths of a standard deviation from -6.5 on.
  uint64_t beyond[4];             ///< More than 3, 4, 5, 6 from 0.
  double largest;
} sums;

static void count(sums *s, const float *x, size_t n) {
  double chunk[9] = {0};
  for (size_t i = 0; i < n; i++) {
    double value = x[i], square = value * value;
    chunk[1] += value;
    chunk[2] += square;
    chunk[3] += value * square;
    chunk[4] += square * square;
    chunk[6] += square * square * square;
    chunk[8] += square * square * square * square;
    int bin = (int)floor((value + 6.5) * 100);
    s->bin[bin < 0 ? 0 : bin >= BINS ? BINS - 1 : bin]++;
    double size = fabs(value);
    for (int k = 0; k < 4; k++) s->beyond[k] += size > k + 3;
    s->largest = size > s->largest ? size : s->largest;
  }
  for (int lag = 1; lag <= LAGS; lag++) {
    double sum = 0;
    for (size_t i = lag; i < n; i++) sum += (double)x[i] * x[i - lag];
    s->lag[lag] += sum;
  }
  for (int k = 0; k < 9; k++) s->power[k] += chunk[k];
}

static void normal_moments(const sums *s, double n) {
  // Central moments of the powers themselves: E x^2k - (E x^k)^2.
  const int powers[] = {1, 2, 3, 4, 6, 8};
  const double mean[] = {0, 1, 0, 3, 15, 105}, variance[] = {1, 2, 15, 96, 10170, 2016000};
  for (int k = 0; k < 6; k++) {
    char name[40];
    snprintf(name, sizeof name, "normal: mean of x^%d", powers[k]);
    report(name, (s->power[powers[k]] - n * mean[k]) / sqrt(n * variance[k]));
  }
}

static void normal_shape(const sums *s, double n) {
  double chi = 0, expected = 0;
  uint64_t found = 0;
  int freedom = -1;
  for (int bin = 0; bin < BINS; bin++) {
    double low = bin == 0 ? -40 : bin / 100.0 - 6.5, high = bin == BINS - 1 ? 40 : (bin + 1) / 100.0 - 6.5;
    expected += n * mass(low, high);
    found += s->bin[bin];
    if (expected < 50 && bin < BINS - 1) continue;
    chi += ((double)found - expected) * ((double)found - expected) / expected;
    expected = 0;
    found = 0;
    freedom++;
  }
  report("normal: chi-squared of hundredths", chi_squared_z(chi, freedom));
  for (int k = 0; k < 4; k++) {
    char name[40];
    double tail = n * 2 * mass(k + 3, 40);
    snprintf(name, sizeof name, "normal: values beyond %d", k + 3);
    report(name, ((double)s->beyond[k] - tail) / sqrt(tail));
  }
  for (int lag = 1; lag <= LAGS; lag++) {
    char name[40];
    snprintf(name, sizeof name, "normal: values %d apart", lag);
    report(name, s->lag[lag] / sqrt(n * (1 - (double)lag / CHUNK)));
  }
  printf("%-44s %7.4f  (at most 6.2303)\n", "normal: largest value", s->largest);
  failures += s->largest > 6.2303;
}

static void normals(uint64_t draws) {
  static sums s;
  static float x[CHUNK];
  rk_stream stream = stream_of(7, "model.layers.0.weight");
  for (uint64_t done = 0; done < draws; done += CHUNK) {
    rk_normal_f32(x, CHUNK, done, &stream, 0, 1);
    count(&s, x, CHUNK);
  }
  double n = (double)((draws + CHUNK - 1) / CHUNK * CHUNK);
  normal_moments(&s, n);
  normal_shape(&s, n);
}

/// Every bit is set half of the time, and neither with its neighbors nor with the same bit of the next word.
static void bits(uint64_t draws) {
  static uint32_t words[CHUNK];
  static uint64_t set[32], with_next_bit[32], with_next_word[32], byte[4][256];
  rk_stream stream = stream_of(8, "model.layers.1.weight");
  uint64_t n = 0;
  for (; n < draws; n += CHUNK) {
    rk_words(words, CHUNK, n, &stream);
    for (size_t i = 0; i < CHUNK; i++) {
      uint32_t word = words[i], turned = word ^ (word << 1 | word >> 31), next = word ^ words[(i + 1) % CHUNK];
      for (int bit = 0; bit < 32; bit++) {
        set[bit] += word >> bit & 1;
        with_next_bit[bit] += turned >> bit & 1;
        with_next_word[bit] += next >> bit & 1;
      }
      for (int place = 0; place < 4; place++) byte[place][word >> 8 * place & 255]++;
    }
  }
  double worst[3] = {0};
  for (int bit = 0; bit < 32; bit++) {
    const uint64_t counts[3] = {set[bit], with_next_bit[bit], with_next_word[bit]};
    for (int k = 0; k < 3; k++) {
      double z = ((double)counts[k] - n / 2.0) / sqrt(n / 4.0);
      if (fabs(z) > fabs(worst[k])) worst[k] = z;
    }
  }
  report("words: worst of 32 bits", worst[0]);
  report("words: worst bit beside its neighbor", worst[1]);
  report("words: worst bit beside the next word's", worst[2]);
  for (int place = 0; place < 4; place++) {
    double chi = 0, expected = n / 256.0;
    for (int value = 0; value < 256; value++) {
      double off = (double)byte[place][value] - expected;
      chi += off * off / expected;
    }
    char name[40];
    snprintf(name, sizeof name, "words: chi-squared of byte %d", place);
    report(name, chi_squared_z(chi, 255));
  }
}

static void correlation(const char *label, rk_stream a, rk_stream b, uint64_t draws) {
  static float x[CHUNK], y[CHUNK];
  double sum = 0, squares = 0;
  for (uint64_t done = 0; done < draws; done += CHUNK) {
    rk_normal_f32(x, CHUNK, done, &a, 0, 1);
    rk_normal_f32(y, CHUNK, done, &b, 0, 1);
    double part = 0, square = 0;
    for (size_t i = 0; i < CHUNK; i++) {
      double product = (double)x[i] * y[i];
      part += product;
      square += ((double)x[i] * x[i] - 1) * ((double)y[i] * y[i] - 1);
    }
    sum += part;
    squares += square;
  }
  double n = (double)((draws + CHUNK - 1) / CHUNK * CHUNK);
  char name[80];
  snprintf(name, sizeof name, "%s: values", label);
  report(name, sum / sqrt(n));
  snprintf(name, sizeof name, "%s: squares", label);
  report(name, squares / sqrt(4 * n));
}

static void neighbors(uint64_t draws) {
  rk_stream base = stream_of(1, "layer1.0.conv1.weight");
  correlation("neighboring paths", base, stream_of(1, "layer1.0.conv2.weight"), draws);
  correlation("neighboring blocks", base, stream_of(1, "layer1.1.conv1.weight"), draws);
  correlation("neighboring seeds", base, stream_of(2, "layer1.0.conv1.weight"), draws);
  correlation("seeds a word apart", base, stream_of(1 + (UINT64_C(1) << 32), "layer1.0.conv1.weight"), draws);
  rk_stream lane = base;
  lane.lane = 1;
  correlation("neighboring lanes", base, lane, draws);
  rk_stream hash = base;
  hash.name_hash ^= 1;
  correlation("hashes that differ in a bit", base, hash, draws);
}

static void uniforms(uint64_t draws) {
  static float x[CHUNK];
  static uint64_t bin[4096];
  rk_stream stream = stream_of(9, "model.layers.2.weight");
  double sum = 0, square = 0;
  uint64_t n = 0;
  for (; n < draws; n += CHUNK) {
    rk_uniform_f32(x, CHUNK, n, &stream, -1, 1);
    for (size_t i = 0; i < CHUNK; i++) {
      sum += x[i];
      square += (double)x[i] * x[i];
      bin[(int)((x[i] + 1) * 2048)]++;
    }
  }
  double chi = 0, expected = n / 4096.0;
  for (int i = 0; i < 4096; i++) chi += ((double)bin[i] - expected) * ((double)bin[i] - expected) / expected;
  report("uniform: mean", sum / sqrt(n / 3.0));
  report("uniform: mean square", (square - n / 3.0) / sqrt(n * (1 / 5.0 - 1 / 9.0)));
  report("uniform: chi-squared of 4096 bins", chi_squared_z(chi, 4095));
}

static void cut(uint64_t draws) {
  static float x[CHUNK];
  rk_truncation truncation;
  if (!rk_truncation_make(&truncation, -2, 2, 0, 1)) exit(1);
  rk_stream stream = stream_of(10, "model.layers.3.weight");
  double chi = 0;
  static uint64_t bin[400];
  uint64_t n = 0;
  for (; n < draws; n += CHUNK) {
    rk_truncated_f32(x, CHUNK, n, &stream, &truncation);
    for (size_t i = 0; i < CHUNK; i++) bin[(int)((x[i] + 2) * 100)]++;
  }
  for (int i = 0; i < 400; i++) {
    double expected = n * mass(i / 100.0 - 2, (i + 1) / 100.0 - 2) / mass(-2, 2);
    chi += ((double)bin[i] - expected) * ((double)bin[i] - expected) / expected;
  }
  report("truncated at 2: chi-squared of hundredths", chi_squared_z(chi, 399));
}

int main(int count, char **arguments) {
  uint64_t draws = count > 1 ? strtoull(arguments[1], NULL, 10) : 1000000000;
  if (draws < CHUNK) draws = CHUNK;
  printf("%llu draws each; standard deviations from what is expected\n", (unsigned long long)draws);
  normals(draws);
  uniforms(draws);
  cut(draws);
  bits(draws / 8);
  neighbors(draws / 4);
  if (failures) printf("%d statistics are out of bounds\n", failures);
  return failures != 0;
}
