/* reinit/random.h -- the stream of random numbers of one tensor.
 *
 * A value is a function of (seed, name, lane, index) alone: Philox4x32-10, specified to the bit in the host's
 * docs/random.md. Draw element i of a tensor with index i, and any partition of the tensor has the same bits. The
 * functions that draw are in ri_host.
 */
#ifndef REINIT_RANDOM_H
#define REINIT_RANDOM_H

#include "base.h"

/* Frozen. Copy it and change `lane` (0 to 15) for further sequences of the same tensor, all independent. */
typedef struct ri_random {
  uint64_t seed;
  uint64_t name; /* the hash of the parameter's path */
  uint32_t lane;
  uint32_t reserved;
} ri_random;

RI_ASSERT(sizeof(ri_random) == 24);

#endif
