// Philox4x32-10, one block in each 64-bit lane: even lanes hold the first half of a vector's blocks, odd lanes
// the second. The level gives `store_blocks` and RK_CHAINS, the number of vectors computed side by side: one
// alone waits for its own multiplications.

RK_INLINE void philox_round(blocks_state *state, uint64_t key0, uint64_t key1) {
  u64v product0 = low_product(state->word0, 0xD2511F53u);
  u64v product2 = low_product(state->word2, 0xCD9E8D57u);
  state->word0 = (product2 >> 32) ^ state->word1 ^ key0;
  state->word1 = product2;
  state->word2 = (product0 >> 32) ^ state->word3 ^ key1;
  state->word3 = product0;
}

RK_INLINE u64v lane_numbers(void) {
  u64v numbers;
  for (int lane = 0; lane < RK_BLOCKS; lane++) numbers[lane] = lane / 2 + lane % 2 * (RK_BLOCKS / 2);
  return numbers;
}

RK_INLINE void make_chains(uint32_t *out, uint64_t block, int chains, const rk_philox *philox) {
  blocks_state state[RK_CHAINS];
#pragma clang loop unroll(full)
  for (int chain = 0; chain < chains; chain++) {
    state[chain].word0 = block + RK_BLOCKS * chain + lane_numbers();
    state[chain].word1 = (u64v)((block >> 32 & 0x0FFFFFFF) | philox->lane);
    state[chain].word2 = (u64v)philox->name0;
    state[chain].word3 = (u64v)philox->name1;
  }
#pragma clang loop unroll(full)
  for (int round = 0; round < RK_ROUNDS; round++) {
#pragma clang loop unroll(full)
    for (int chain = 0; chain < chains; chain++) {
      philox_round(&state[chain], philox->key0[round], philox->key1[round]);
      RK_KEEP_ORDER(state[chain].word0);
    }
  }
#pragma clang loop unroll(full)
  for (int chain = 0; chain < chains; chain++) store_blocks(out + 4 * RK_BLOCKS * chain, &state[chain]);
}

static void make_blocks(uint32_t *out, uint64_t block, size_t count, const rk_philox *philox) {
  size_t done = 0;
  for (; done + RK_CHAINS * RK_BLOCKS <= count; done += RK_CHAINS * RK_BLOCKS)
    make_chains(out + 4 * done, block + done, RK_CHAINS, philox);
  for (; done + RK_BLOCKS < count; done += 2 * RK_BLOCKS)
    make_chains(out + 4 * done, block + done, 2, philox);
  if (done < count) make_chains(out + 4 * done, block + done, 1, philox);
}
