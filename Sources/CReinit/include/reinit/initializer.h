/* reinit/initializer.h -- the initializer ABI: filling a range of a tensor.
 *
 * The shard law: filling [0, total) at once and in any partition, in any order, on any threads, gives the same bits.
 * Filling is write-only: what was in the tensor is never seen.
 */
#ifndef REINIT_INITIALIZER_H
#define REINIT_INITIALIZER_H

#include "geometry.h"
#include "random.h"
#include "value.h"

/* One range to fill. [borrowed] as a whole. */
typedef struct ri_fill {
  uint32_t struct_size;
  ri_dtype dtype; /* of `out`: RI_F32 unless ri_initializer.dtypes says that others are offered */
  uint32_t rank;
  ri_role role;
  const int64_t *shape; /* `rank` sizes of the whole tensor, row-major */
  uint64_t total;       /* elements of the whole tensor */
  uint64_t offset;      /* write elements [offset, offset + count) to out[0] ... out[count - 1], each of them */
  uint64_t count;
  void *out; /* NULL in check and distribution */
  double fan_in, fan_out;      /* NaN where the parameter has none */
  const ri_geometry *geometry; /* NULL where the axes have no meaning known */
  ri_random random;
  ri_str path;                       /* the parameter's name, as in the file */
  uint64_t block_index, block_count; /* which of how many equal blocks it lies in, from 0; count 0: unknown */
  const ri_value *params;            /* in the descriptor's order, defaults filled in, ranges checked */
  uint64_t n_params;
  const ri_host *host;
  ri_call *call;
} ri_fill;

enum {
  RI_DISTRIBUTION_UNKNOWN = 0,
  RI_DISTRIBUTION_CONSTANT = 1,        /* mean */
  RI_DISTRIBUTION_UNIFORM = 2,         /* [low, high) */
  RI_DISTRIBUTION_NORMAL = 3,          /* mean, std */
  RI_DISTRIBUTION_TRUNCATED_NORMAL = 4 /* mean and std before truncation; low, high absolute */
};

/* What the elements are drawn from, all independent and alike. */
typedef struct ri_distribution {
  uint32_t struct_size, kind;
  double mean, std, low, high;
} ri_distribution;

enum {
  RI_INITIALIZER_WHOLE = 1u << 0,     /* always called with offset 0 and count total: no shard law */
  RI_INITIALIZER_NEEDS_FANS = 1u << 1, /* an error, with the path, for what has no fan; adds the parameter `fans` */
  RI_INITIALIZER_EXCLUSIVE = 1u << 2, /* not reentrant: one call at a time */
  RI_INITIALIZER_EVERY_ROLE = 1u << 3 /* a rule that ends at a layer reaches biases, scales and buffers as well */
};

typedef struct ri_initializer {
  uint32_t struct_size, flags;
  ri_str name;      /* [a-z][a-z0-9_]*; published as "<plugin id>/<name>", and as <name> where no other has it */
  ri_str summary;   /* one line */
  ri_str formula;   /* the definition, in plain Unicode */
  ri_str reference; /* paper and equation */
  uint32_t version; /* from 1; add 1 whenever the numbers change */
  uint32_t dtypes;  /* mask of types that `fill` writes itself; 0: RI_F32 alone, the host rounds to the others */
  const ri_param *params;
  uint64_t n_params;
  double tolerance; /* 0: equal bits everywhere; else how far another machine may be off, relative to the largest element */
  void *user;       /* given back to each function */

  /* [any] Writes one range. May be NULL if `distribution` is not: the host then draws the values itself. */
  ri_status (*fill)(const ri_fill *range, void *user);

  /* [any] Optional: refuses combinations that ranges cannot express. Called while planning, with count 0 and out NULL. */
  ri_status (*check)(const ri_fill *tensor, void *user);

  /* [any] Optional: what the elements are drawn from, for that tensor. The harness holds `fill` against it. */
  ri_status (*distribution)(const ri_fill *tensor, void *user, ri_distribution *out);
} ri_initializer;

RI_ASSERT(sizeof(ri_fill) == 168);
RI_ASSERT(sizeof(ri_distribution) == 40);
RI_ASSERT(sizeof(ri_initializer) == 136);

#endif
