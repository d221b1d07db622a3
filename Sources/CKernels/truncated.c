// Truncated normal values.
#include <math.h>

#include "kernels.h"
#include "normal_mass.h"
#include "quantile.h"

/// The interval seen from the parent distribution, in double precision.
typedef struct interval {
  double low, high;     ///< In standard deviations from the mean.
  double middle, half;  ///< The same; meaningless where it is infinite.
} interval;

/// Cumulative probability in 32-bit fixed point, even.
static uint64_t cumulative32(double x) { return 2 * (uint64_t)rint(rk_lower_tail(x) * 0x1p31); }

/// Cumulative probability in 64-bit fixed point, even; 2^64 is 0. The smaller tail is what is rounded.
static uint64_t cumulative64(double x) {
  uint64_t tail = 2 * (uint64_t)rint(rk_lower_tail(-fabs(x)) * 0x1p63);
  return x < 0 ? tail : -tail;
}

static void prepare_body(rk_truncation *truncation, interval range) {
  truncation->start = cumulative32(range.low);
  truncation->width = cumulative32(range.high) - truncation->start;
  truncation->method = truncation->width >> 32 != 0 ? RK_TRUNCATION_WHOLE : RK_TRUNCATION_BODY;
}

static void prepare_tail(rk_truncation *truncation, interval range) {
  truncation->method = RK_TRUNCATION_TAIL;
  truncation->start = cumulative64(range.low);
  truncation->width = cumulative64(range.high) - truncation->start;
  truncation->start += truncation->width >> 33;
}

/// The quantile function on a narrow interval: u + (u^2 - 1) * g(u), to fourth order in the slope and to
/// second in the curvature of the logarithm of the density.
static void prepare_narrow(rk_truncation *truncation, interval range, float low, float high) {
  double slope = range.middle * range.half, curvature = range.half * range.half, square = slope * slope;
  truncation->method = RK_TRUNCATION_NARROW;
  truncation->center = (float)((double)low / 2 + (double)high / 2);
  truncation->half = (float)((double)high / 2 - (double)low / 2);
  truncation->warp[0] = (float)(slope * (0.5 - square / 12 - curvature / 8));
  truncation->warp[1] = (float)(square * (1.0 / 3 - 2 * square / 15 - 17 * curvature / 60)
    + curvature * (1.0 / 6 - curvature / 40));
  truncation->warp[2] = (float)(slope * (square / 4 + 7 * curvature / 24));
  truncation->warp[3] = (float)(square * (square / 5 + 23 * curvature / 60)
    + 7 * curvature * curvature / 120);
}

bool rk_truncation_make(rk_truncation *out, float low, float high, float mean, float std) {
  *out = (rk_truncation){.mean = mean, .std = std};
  if (!isfinite(mean) || !isfinite(std) || !(std > 0) || !(low < high)) return false;
  out->first = nextafterf(low, INFINITY);
  out->last = nextafterf(high, -INFINITY);
  if (!(out->first <= out->last)) return false;
  interval range = {
    .low = ((double)low - (double)mean) / (double)std,
    .high = ((double)high - (double)mean) / (double)std,
    .middle = ((double)low / 2 + (double)high / 2 - (double)mean) / (double)std,
    .half = ((double)high / 2 - (double)low / 2) / (double)std,
  };
  double mass = rk_normal_mass(range.low, range.high);
  if (!(mass >= 0x1p-40)) return false;
  if (range.half <= 0x1p-4 && fabs(range.middle) * range.half <= 0x1p-4)
    prepare_narrow(out, range, low, high);
  else if (mass >= 0x1p-6)
    prepare_body(out, range);
  else
    prepare_tail(out, range);
  return true;
}

static float tail_value(uint32_t word, const rk_truncation *truncation) {
  uint64_t scaled = (uint64_t)((unsigned __int128)truncation->width * word >> 32);
  uint64_t cumulative = truncation->start + scaled;
  int64_t odd = (int64_t)(cumulative | 1);
  float standard = rk_quantile((float)(odd < 0 ? -odd : odd), 64);
  if (odd < 0) standard = -standard;
  float value = fmaf(standard, truncation->std, truncation->mean);
  value = value > truncation->first ? value : truncation->first;
  return value < truncation->last ? value : truncation->last;
}

static void transform(void *out, const uint32_t *words, size_t count, const void *context, bool streaming) {
  const rk_truncation *truncation = context;
  if (truncation->method != RK_TRUNCATION_TAIL) {
    rk_current_kernels()->truncated(out, words, count, truncation, streaming);
    return;
  }
  float *values = out;
  for (size_t i = 0; i < count; i++) values[i] = tail_value(words[i], truncation);
}

void rk_truncated_f32(
    float *out, size_t count, uint64_t first, const rk_stream *stream, const rk_truncation *truncation) {
  rk_transform_stream(out, sizeof *out, count, first, stream, transform, truncation);
}

void rk_truncated_from_words(
    float *out, const uint32_t *words, size_t count, const rk_truncation *truncation) {
  transform(out, words, count, truncation, false);
}
