// Prints a digest of what every kernel makes, at each level that this machine has: whatever the processor, the digests
// of a case are the same. Scripts/neon builds this for two processors and compares.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "ckernels.h"

enum { MOST = (5 << 20) / 4, MARGIN = 64 };

static unsigned char *memory;
static const size_t counts[] = {0, 1, 2, 3, 5, 7, 15, 16, 17, 31, 33, 64, 100, 255, 1023, 1024, 1025, 4099};
static const uint64_t firsts[] = {0, 1, 2, 3, 5, 1000003, (UINT64_C(1) << 34) - 9, (UINT64_C(1) << 62) - 5};
static const rk_stream stream = {.seed = 0x0123456789ABCDEFu, .name_hash = 0xE8DB7E908D2664E2u, .lane = 3};

/// FNV-1a.
static uint64_t digest(uint64_t hash, const void *bytes, size_t count) {
  const unsigned char *byte = bytes;
  for (size_t i = 0; i < count; i++) hash = (hash ^ byte[i]) * UINT64_C(0x100000001B3);
  return hash;
}

static void clear(size_t bytes) { memset(memory, 0xA5, bytes + 2 * MARGIN); }

typedef void (*filler)(float *out, size_t count, uint64_t first, const void *context);

static void words(float *out, size_t count, uint64_t first, const void *context) {
  (void)context;
  rk_words((uint32_t *)out, count, first, &stream);
}
static void uniform(float *out, size_t count, uint64_t first, const void *context) {
  const float *bounds = context;
  rk_uniform_f32(out, count, first, &stream, bounds[0], bounds[1]);
}
static void uniform_within(float *out, size_t count, uint64_t first, const void *context) {
  const float *bounds = context;
  rk_uniform_within_f32(out, count, first, &stream, bounds[0], bounds[1], bounds[2], bounds[3]);
}
static void normal(float *out, size_t count, uint64_t first, const void *context) {
  const float *numbers = context;
  rk_normal_f32(out, count, first, &stream, numbers[0], numbers[1]);
}
static void truncated(float *out, size_t count, uint64_t first, const void *context) {
  rk_truncated_f32(out, count, first, &stream, context);
}

/// All counts, starts and alignments, with what lies before and behind, and one fill that goes around the caches.
static void fill(const char *level, const char *name, filler make, const void *context) {
  uint64_t hash = UINT64_C(0xCBF29CE484222325);
  for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
    for (size_t f = 0; f < sizeof firsts / sizeof *firsts; f++)
      for (size_t shift = 0; shift < 64; shift += 20) {
        clear(4 * counts[c] + shift);
        make((float *)(memory + MARGIN + shift), counts[c], firsts[f], context);
        hash = digest(hash, memory, 4 * counts[c] + shift + 2 * MARGIN);
      }
  clear(4 * MOST);
  make((float *)(memory + MARGIN + 4), MOST - 1, 6, context);
  printf("%s %s %016llx\n", level, name, (unsigned long long)digest(hash, memory, 4 * MOST));
}

/// Words on a fine grid, and around every power of two on both sides: where the segments of the quantile begin.
static size_t many_words(uint32_t *out) {
  size_t count = 0;
  for (uint64_t word = 0; word < UINT64_C(1) << 32; word += 4099) out[count++] = (uint32_t)word;
  for (int bit = 0; bit < 32; bit++)
    for (int near = -3; near <= 3; near++) {
      out[count++] = (UINT32_C(1) << bit) + (uint32_t)near;
      out[count++] = ~((UINT32_C(1) << bit) + (uint32_t)near);
      out[count++] = (UINT32_C(3) << bit >> 1) + (uint32_t)near;
    }
  return count;
}

static void transforms(const char *level) {
  uint32_t *in = malloc(sizeof *in * 1100000);
  float *out = malloc(sizeof *out * 1100000);
  size_t count = many_words(in);
  rk_normal_from_words(out, in, count, 0.25f, 1.5f);
  printf("%s normal-of-words %016llx\n", level, (unsigned long long)digest(1, out, 4 * count));
  rk_uniform_from_words(out, in, count, -0.1f, 0.3f);
  printf("%s uniform-of-words %016llx\n", level, (unsigned long long)digest(1, out, 4 * count));
  free(in);
  free(out);
}

static void conversions(const char *level) {
  enum { COUNT = 1 << 20 };
  float *floats = malloc(4 * COUNT);
  uint16_t *halves = malloc(2 * COUNT);
  double *doubles = malloc(8 * COUNT);
  for (uint32_t i = 0; i < COUNT; i++) {
    uint32_t bits = i * 4099u ^ i << 29;
    memcpy(floats + i, &bits, 4);
  }
  rk_f32_to_f16(halves, floats, COUNT - 3);
  printf("%s f16-of-f32 %016llx\n", level, (unsigned long long)digest(1, halves, 2 * (COUNT - 3)));
  rk_f32_to_bf16(halves, floats, COUNT - 3);
  printf("%s bf16-of-f32 %016llx\n", level, (unsigned long long)digest(1, halves, 2 * (COUNT - 3)));
  uint8_t *bytes = (uint8_t *)halves;
  rk_f32_to_e4m3(bytes, floats, COUNT - 3);
  printf("%s e4m3-of-f32 %016llx\n", level, (unsigned long long)digest(1, bytes, COUNT - 3));
  rk_f32_to_e5m2(bytes, floats, COUNT - 3);
  printf("%s e5m2-of-f32 %016llx\n", level, (unsigned long long)digest(1, bytes, COUNT - 3));
  // NaN may keep its payload or not on the way to f64; it is left out.
  for (uint32_t i = 0; i < COUNT; i++) if (isnan(floats[i])) floats[i] = 0;
  rk_f32_to_f64(doubles, floats, COUNT - 3);
  printf("%s f64-of-f32 %016llx\n", level, (unsigned long long)digest(1, doubles, 8 * (COUNT - 3)));
  for (uint32_t i = 0; i < 65536; i++) halves[i] = (uint16_t)i;
  rk_f16_to_f32(floats, halves, 65533);
  printf("%s f32-of-f16 %016llx\n", level, (unsigned long long)digest(1, floats, 4 * 65533));
  rk_bf16_to_f32(floats, halves, 65533);
  printf("%s f32-of-bf16 %016llx\n", level, (unsigned long long)digest(1, floats, 4 * 65533));
  for (uint32_t i = 0; i < 256; i++) bytes[i] = (uint8_t)i;
  rk_e4m3_to_f32(floats, bytes, 256);
  rk_e5m2_to_f32(floats + 256, bytes, 256);
  printf("%s f32-of-e4m3-and-e5m2 %016llx\n", level, (unsigned long long)digest(1, floats, 4 * 512));
  free(floats);
  free(halves);
  free(doubles);
}

static void constants(const char *level) {
  uint64_t hash = 1;
  for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
    for (size_t shift = 0; shift < 64; shift += 8) {
      clear(8 * counts[c] + shift);
      rk_constant_f32((float *)(memory + MARGIN + shift), counts[c], 0.1f);
      rk_constant_u16((uint16_t *)(memory + MARGIN + shift), counts[c] / 2, 0x3C01);
      hash = digest(hash, memory, 8 * counts[c] + shift + 2 * MARGIN);
      rk_constant_u8(memory + MARGIN + shift, counts[c], 0x3C);
      hash = digest(hash, memory, 8 * counts[c] + shift + 2 * MARGIN);
      rk_constant_u64((uint64_t *)(memory + MARGIN + shift), counts[c], UINT64_C(0x0123456789ABCDEF));
      hash = digest(hash, memory, 8 * counts[c] + shift + 2 * MARGIN);
    }
  printf("%s constants %016llx\n", level, (unsigned long long)hash);
}

/// Sizes at and around whole vectors, some lanes empty, one column, more rows than columns.
static void small_matrices(const char *level) {
  const size_t sizes[][3] = {{1, 1, 3}, {2, 2, 16}, {5, 3, 17}, {16, 16, 40}, {33, 9, 5}, {64, 64, 2}};
  uint64_t hash = 1;
  float *work = aligned_alloc(64, 4 * 2 * RK_HAAR_LANES * 65 * 64);
  for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
    size_t m = sizes[i][0], n = sizes[i][1], count = sizes[i][2];
    rk_normal_f32((float *)memory, m * n * count, i, &stream, 0, 1);
    rk_haar_f32((float *)memory, count, m, n, 1.5, work);
    hash = digest(hash, memory, 4 * m * n * count);
  }
  free(work);
  printf("%s small-matrices %016llx\n", level, (unsigned long long)hash);
}

static void moments(const char *level) {
  uint64_t hash = 1;
  for (size_t c = 1; c < sizeof counts / sizeof *counts; c++) {
    rk_moments found;
    memset(&found, 0, sizeof found);
    rk_normal_f32((float *)memory + 1, counts[c], c, &stream, 0.5f, 2);
    ((float *)memory)[1 + counts[c] / 2] = 0;
    if (!rk_moments_f32(&found, (float *)memory + 1, counts[c])) hash = 0;
    hash = digest(hash, &found, sizeof found);
  }
  printf("%s moments %016llx\n", level, (unsigned long long)hash);
}

static void level(const char *name) {
  const float bounds[2] = {-1, 1}, odd[2] = {0.1f, 0.3f}, standard[2] = {0, 1}, scaled[2] = {-3, 0.02f};
  const float within[4] = {-0.1f, 0.3f, -0.0986328125f, 0.298828125f};
  fill(name, "words", words, NULL);
  fill(name, "uniform", uniform, bounds);
  fill(name, "uniform-odd", uniform, odd);
  fill(name, "uniform-within", uniform_within, within);
  fill(name, "normal", normal, standard);
  fill(name, "normal-scaled", normal, scaled);
  // Body, narrow, tail, and an interval that cuts nothing.
  const float cuts[][4] = {{-2, 2, 0, 1}, {0.5f, 0.6f, 0, 1}, {5, 6, 0, 1}, {-INFINITY, INFINITY, 1, 2}};
  for (int i = 0; i < 4; i++) {
    rk_truncation truncation;
    char label[] = "truncated-0";
    label[10] += (char)i;
    if (rk_truncation_make(&truncation, cuts[i][0], cuts[i][1], cuts[i][2], cuts[i][3]))
      fill(name, label, truncated, &truncation);
  }
  constants(name);
  small_matrices(name);
  moments(name);
  transforms(name);
  conversions(name);
}

/// Of docs/random.md: elements 0 to 3 of `layer1.0.conv1.weight` with seed 42.
static int known_answers(void) {
  const rk_stream example = {.seed = 42, .name_hash = 0xE8DB7E908D2664E2u};
  const uint32_t expected[4] = {0x38838a6e, 0xbd805c6b, 0x3dd58da5, 0xbfcb5f2c};
  uint32_t found[4];
  rk_normal_f32((float *)found, 4, 0, &example, 0, 1);
  return memcmp(found, expected, sizeof found) == 0;
}

int main(void) {
  const char *names[] = {"scalar", "avx2", "avx512", "neon"};
  memory = aligned_alloc(64, 8 * MOST + 4096);
  for (int i = RK_LEVEL_SCALAR; i <= RK_LEVEL_NEON; i++) {
    if (!rk_use_level((rk_level_t)i)) continue;
    if (!known_answers()) {
      printf("%s does not make the values of docs/random.md\n", names[i]);
      return 1;
    }
    level(names[i]);
  }
  free(memory);
  return 0;
}
