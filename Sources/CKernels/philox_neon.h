// Philox4x32-10, four blocks to a vector: NEON multiplies 32-bit lanes to 64 bits, halves of a vector at a time, and
// takes products apart again with one instruction for each half.

typedef struct quad_state {
  uint32x4_t word0, word1, word2, word3;
} quad_state;

/// The halves of the products of all lanes and a multiplier.
RK_INLINE uint32x4x2_t product(uint32x4_t value, uint32_t multiplier) {
  uint32x4_t low = vreinterpretq_u32_u64(vmull_n_u32(vget_low_u32(value), multiplier));
  uint32x4_t high = vreinterpretq_u32_u64(vmull_high_n_u32(value, multiplier));
  return (uint32x4x2_t){{vuzp1q_u32(low, high), vuzp2q_u32(low, high)}};
}

RK_INLINE void quad_round(quad_state *state, uint32_t key0, uint32_t key1) {
  uint32x4x2_t product0 = product(state->word0, 0xD2511F53u);
  uint32x4x2_t product2 = product(state->word2, 0xCD9E8D57u);
  state->word0 = veorq_u32(veorq_u32(product2.val[1], state->word1), vdupq_n_u32(key0));
  state->word1 = product2.val[0];
  state->word2 = veorq_u32(veorq_u32(product0.val[1], state->word3), vdupq_n_u32(key1));
  state->word3 = product0.val[0];
}

/// Four blocks for each chain; several side by side hide the latency of the multiplications.
RK_INLINE void make_quads(uint32_t *out, uint64_t block, int chains, const rk_philox *philox) {
  const uint32x4_t lanes = {0, 1, 2, 3};
  quad_state state[4];
#pragma clang loop unroll(full)
  for (int chain = 0; chain < chains; chain++) {
    state[chain].word0 = vaddq_u32(vdupq_n_u32((uint32_t)block + 4 * (uint32_t)chain), lanes);
    state[chain].word1 = vdupq_n_u32((uint32_t)((block >> 32 & 0x0FFFFFFF) | philox->lane));
    state[chain].word2 = vdupq_n_u32((uint32_t)philox->name0);
    state[chain].word3 = vdupq_n_u32((uint32_t)philox->name1);
  }
#pragma clang loop unroll(full)
  for (int round = 0; round < RK_ROUNDS; round++) {
#pragma clang loop unroll(full)
    for (int chain = 0; chain < chains; chain++)
      quad_round(&state[chain], (uint32_t)philox->key0[round], (uint32_t)philox->key1[round]);
  }
#pragma clang loop unroll(full)
  for (int chain = 0; chain < chains; chain++) {
    uint32x4x4_t words = {{state[chain].word0, state[chain].word1, state[chain].word2, state[chain].word3}};
    vst4q_u32(out + 16 * chain, words);
  }
}

static void make_blocks(uint32_t *out, uint64_t block, size_t count, const rk_philox *philox) {
  size_t done = 0;
  for (; done + 16 <= count; done += 16) make_quads(out + 4 * done, block + done, 4, philox);
  for (; done < count; done += 4) make_quads(out + 4 * done, block + done, 1, philox);
}
