// XXH64 as its specification defines it (Collet, xxHash fast digest algorithm): what keys a random stream by a name.
#include <string.h>

#include "include/ckernels.h"

static const uint64_t p1 = 0x9E3779B185EBCA87, p2 = 0xC2B2AE3D27D4EB4F, p3 = 0x165667B19E3779F9,
                      p4 = 0x85EBCA77C2B2AE63, p5 = 0x27D4EB2F165667C5;

static uint64_t rotated(uint64_t x, int by) { return x << by | x >> (64 - by); }

static uint64_t little_endian(uint64_t x, size_t size) {
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
  return __builtin_bswap64(x) >> (64 - 8 * size);
#else
  (void)size;
  return x;
#endif
}

static uint64_t word(const uint8_t *bytes, size_t size) {
  uint64_t x = 0;
  memcpy(&x, bytes, size);
  return little_endian(x, size);
}

static uint64_t rounded(uint64_t lane, uint64_t input) { return rotated(lane + input * p2, 31) * p1; }

static uint64_t merged(uint64_t hash, uint64_t lane) { return (hash ^ rounded(0, lane)) * p1 + p4; }

// The hash of all whole stripes of 32 bytes; moves `bytes` behind them.
static uint64_t stripes(const uint8_t **bytes, const uint8_t *end) {
  uint64_t lanes[4] = {p1 + p2, p2, 0, 0 - p1};
  for (; end - *bytes >= 32; *bytes += 32) {
    for (int i = 0; i < 4; i++) lanes[i] = rounded(lanes[i], word(*bytes + 8 * i, 8));
  }
  uint64_t hash = rotated(lanes[0], 1) + rotated(lanes[1], 7) + rotated(lanes[2], 12) + rotated(lanes[3], 18);
  for (int i = 0; i < 4; i++) hash = merged(hash, lanes[i]);
  return hash;
}

static uint64_t avalanche(uint64_t hash) {
  hash = (hash ^ hash >> 33) * p2;
  hash = (hash ^ hash >> 29) * p3;
  return hash ^ hash >> 32;
}

uint64_t rk_name_hash(const uint8_t *name, size_t count) {
  const uint8_t *bytes = name, *end = name + count;
  uint64_t hash = count >= 32 ? stripes(&bytes, end) : p5;
  hash += count;
  for (; end - bytes >= 8; bytes += 8) hash = rotated(hash ^ rounded(0, word(bytes, 8)), 27) * p1 + p4;
  if (end - bytes >= 4) {
    hash = rotated(hash ^ word(bytes, 4) * p1, 23) * p2 + p3;
    bytes += 4;
  }
  for (; bytes < end; bytes++) hash = rotated(hash ^ *bytes * p5, 11) * p1;
  return avalanche(hash);
}
