/* reinit/geometry.h -- what the axes of a weight mean. Fans come from here, never from a shape alone. */
#ifndef REINIT_GEOMETRY_H
#define REINIT_GEOMETRY_H

#include "base.h"

enum {
  RI_GEOMETRY_TRANSPOSED = 1u << 0, /* groups split the input axis, as in a transposed convolution */
  RI_GEOMETRY_ONE_HOT = 1u << 1,    /* an embedding: one row is read at a time, fan-in is 1 */
  RI_GEOMETRY_GUESS = 1u << 2       /* set by the host: inferred from names and shapes */
};

/* One of the matrices that are packed along the output axis. Frozen. */
typedef struct ri_packed {
  ri_str name;  /* as rules name it: [a-z][a-z0-9_]*: "forget", "q" */
  int64_t size; /* along the output axis */
} ri_packed;

/* Axes that are neither input nor output are those of a kernel. */
typedef struct ri_geometry {
  uint32_t struct_size, flags;
  int32_t out_axis;
  uint32_t n_in_axes; /* 1 to 4 */
  int32_t in_axes[4];
  int64_t groups; /* 1 or more */
  int64_t parts;  /* matrices packed along the output axis: 3 for queries, keys, values; else 1 */
  const ri_packed *packed; /* names and sizes of the `parts`, in order; NULL: equal, and without names */
} ri_geometry;

/* torch's [out, in, kernel...]: what most layers have. */
#define RI_GEOMETRY_OUT_IN {sizeof(ri_geometry), 0, 0, 1, {1, 0, 0, 0}, 1, 1, NULL}

#define RI_GEOMETRY_SIZE_1_0 56

RI_ASSERT(sizeof(ri_packed) == 24);
RI_ASSERT(sizeof(ri_geometry) >= RI_GEOMETRY_SIZE_1_0);

#endif
