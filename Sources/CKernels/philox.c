// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011) over ranges.
#include <string.h>

#include "kernels.h"

#if RK_X86
#include <xmmintrin.h>
#endif

static rk_philox prepare(const rk_stream *stream) {
  rk_philox philox = {
    .lane = (uint64_t)(stream->lane & 15) << 28,
    .name0 = (uint32_t)stream->name_hash,
    .name1 = stream->name_hash >> 32,
  };
  uint32_t key0 = (uint32_t)stream->seed, key1 = (uint32_t)(stream->seed >> 32);
  for (int round = 0; round < RK_ROUNDS; round++) {
    philox.key0[round] = key0;
    philox.key1[round] = key1;
    key0 += 0x9E3779B9u;
    key1 += 0xBB67AE85u;
  }
  return philox;
}

/// The kernels keep the upper counter word for a whole call, so a range is cut where it changes. What the
/// first call writes past its end is overwritten by the second.
static void make_blocks(
    const rk_kernels *kernels, uint32_t *out, uint64_t block, size_t count, const rk_philox *philox) {
  while (count > 0) {
    uint64_t until_carry = (UINT64_C(1) << 32) - (uint32_t)block;
    size_t now = count < until_carry ? count : (size_t)until_carry;
    kernels->blocks(out, block, now, philox);
    out += 4 * now;
    block += now;
    count -= now;
  }
}

void rk_transform_stream(
    void *out, size_t element, size_t count, uint64_t first, const rk_stream *stream, rk_transform transform,
    const void *context) {
  _Alignas(64) uint32_t words[RK_CHUNK + 4 * (RK_BLOCK_SLACK + 1)];
  if (count == 0) return;
  const rk_kernels *kernels = rk_current_kernels();
  rk_philox philox = prepare(stream);
  size_t misaligned = (uintptr_t)out % 64;
  bool streaming = stream->past_caches || count >= RK_STREAMING_BYTES / element;
  // Streaming needs whole cache lines: the first chunk, written normally, ends at one.
  bool heading = streaming && misaligned != 0;
  while (count > 0) {
    size_t now = heading ? (64 - misaligned) / element : RK_CHUNK;
    if (now > count) now = count;
    size_t skip = first % 4;
    make_blocks(kernels, words, first / 4, (skip + now + 3) / 4, &philox);
    transform(out, words + skip, now, context, streaming && !heading);
    heading = false;
    out = (char *)out + now * element;
    first += now;
    count -= now;
  }
#if RK_X86
  if (streaming) _mm_sfence();
#endif
}

static void copy_words(void *out, const uint32_t *words, size_t count, const void *context, bool streaming) {
  (void)context, (void)streaming;
  memcpy(out, words, count * sizeof *words);
}

void rk_words(uint32_t *out, size_t count, uint64_t first, const rk_stream *stream) {
  rk_transform_stream(out, sizeof *out, count, first, stream, copy_words, NULL);
}
