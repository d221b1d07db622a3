/* my_plugin: an initializer that is a plain C function. manifest.json says what its arguments are. */
#include <math.h>
#include <reinit/reinit.h>

/* A hash of 64 bits (SplitMix64): what depends on seed and index alone is the same however a tensor is cut. */
static uint64_t hashed(uint64_t z) {
  z += 0x9E3779B97F4A7C15u;
  z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9u;
  z = (z ^ (z >> 27)) * 0x94D049BB133111EBu;
  return z ^ (z >> 31);
}

/* The element with that index: uniform with a standard deviation of gain / √fan_in. */
RI_EXPORT float my_plugin(int64_t index, uint64_t seed, double fan_in, double gain) {
  const double unit = (double)(hashed(hashed(seed) + (uint64_t)index) >> 11) * 0x1p-53;
  return (float)((2 * unit - 1) * gain * sqrt(3 / fan_in));
}
