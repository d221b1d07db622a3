#include <xxhash.h>

#if defined(__x86_64__)
/* Four times as fast where the library was built to choose by the processor; the plain header does not show it. */
extern XXH64_hash_t XXH3_64bits_dispatch(const void *bytes, size_t count) __attribute__((weak));
#endif

/* XXH3 with 64 bits, seed 0. */
static inline XXH64_hash_t reinit_xxh3(const void *bytes, size_t count) {
#if defined(__x86_64__)
  if (XXH3_64bits_dispatch) return XXH3_64bits_dispatch(bytes, count);
#endif
  return XXH3_64bits(bytes, count);
}
