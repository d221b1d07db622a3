/* reinit/initializer.h -- the initializer ABI: filling a range of a tensor.
 *
 * The shard law: filling [0, total) at once and in any partition, in any order, on any threads, gives the same bits.
 * Filling is write-only, unless the initializer declares sources: the values are then a function of those too.
 */
#ifndef REINIT_INITIALIZER_H
#define REINIT_INITIALIZER_H

#include "distribution.h"
#include "geometry.h"
#include "random.h"
#include "value.h"

/* What is wanted along one axis: first, first + step ... Frozen. */
typedef struct ri_slice {
  int64_t first, count, step;
} ri_slice;

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
  ri_dtype target_dtype; /* what the elements are kept as; `out` may be of another type, and is rounded to it */
  uint32_t reserved;
  const ri_slice *part; /* `rank` slices: the part that a rule fills; NULL: all, or no slice. Offsets are the whole tensor's */
  ri_str part_name;     /* the part's name, as in ri_geometry.packed; empty: none */
  ri_tensor *const *sources; /* in the descriptor's order, read only; in check and distribution without data */
  uint64_t n_sources;
} ri_fill;

/* Where a source is. */
enum {
  RI_SOURCE_OLD = 1,    /* the values that the tensor has */
  RI_SOURCE_TENSOR = 2, /* another tensor of the tree */
  RI_SOURCE_FILE = 3    /* a tensor of another checkpoint */
};

/* What a fill reads: as it is before the run changes anything, whatever the run fills besides. */
typedef struct ri_source {
  uint32_t struct_size;
  uint32_t flags; /* none yet */
  uint32_t kind, reserved; /* RI_SOURCE_... */
  ri_str name;    /* [a-z][a-z0-9_]*, for messages and receipts */
  /* ".base" is beside the tensor that is filled, "..base.weight" beside its layer, "a.b.weight" counts from the root; of a
   * file's tensor the same, in the file, and empty for the name of the tensor that is filled. "$p": the word parameter p. */
  ri_str path;
  ri_str file; /* of RI_SOURCE_FILE: the checkpoint's path, or "$p" */
} ri_source;

enum {
  RI_INITIALIZER_WHOLE = 1u << 0,     /* always called with offset 0 and count total: no shard law */
  RI_INITIALIZER_NEEDS_FANS = 1u << 1, /* an error, with the path, for what has no fan; adds the parameter `fans` */
  RI_INITIALIZER_EXCLUSIVE = 1u << 2, /* not reentrant: one call at a time */
  RI_INITIALIZER_EVERY_ROLE = 1u << 3, /* a rule that ends at a layer reaches biases, scales and buffers as well */
  RI_INITIALIZER_NON_FINITE = 1u << 4 /* elements may be infinite or NaN; without it such an element is an error */
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

  const ri_source *sources; /* what `fill` reads; then there is no distribution */
  uint64_t n_sources;
} ri_initializer;

#define RI_FILL_SIZE_1_0 216
#define RI_SOURCE_SIZE_1_0 64
#define RI_INITIALIZER_SIZE_1_0 152

RI_ASSERT(sizeof(ri_slice) == 24);
RI_ASSERT(sizeof(ri_fill) >= RI_FILL_SIZE_1_0);
RI_ASSERT(sizeof(ri_source) >= RI_SOURCE_SIZE_1_0);
RI_ASSERT(sizeof(ri_initializer) >= RI_INITIALIZER_SIZE_1_0);

#endif
