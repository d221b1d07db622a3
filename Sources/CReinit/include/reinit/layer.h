/* reinit/layer.h -- the functor ABI: a layer's children, its rebuilding, its forward pass.
 *
 * A layer whose children follow from its parameters is described: it lists them (ri_child_row), and the host creates,
 * counts, rebuilds and checks; the plugin writes `forward`. Others write the functions for an instance.
 * An instance is immutable once create or rebuild has returned it, and may be used from several threads at once.
 */
#ifndef REINIT_LAYER_H
#define REINIT_LAYER_H

#include "distribution.h"
#include "geometry.h"
#include "value.h"

enum { RI_CHILD_TENSOR = 1, RI_CHILD_LAYER = 2 };

enum { RI_CHILD_FROZEN = 1u << 0 /* rules leave it alone unless they name it */ };

/* One child. Handles are [borrowed] from the instance. */
typedef struct ri_child {
  uint32_t struct_size; /* set by the host: write no more than this */
  uint32_t kind;        /* RI_CHILD_... */
  ri_role role;         /* of a tensor */
  uint32_t flags;       /* RI_CHILD_FROZEN */
  ri_str name;          /* [A-Za-z_][A-Za-z0-9_]* or a decimal index; empty: lends its children's names to the layer */
  ri_tensor *tensor;    /* NULL where absent, as a bias that was not asked for */
  ri_layer *layer;
  const ri_geometry *geometry; /* of a tensor that is a linear map; NULL: no fan */
  /* How a tensor begins: an initializer as a user writes it; empty: bias 0, scale 1. docs/abi.md has the words that every
   * host knows. Of a layer: how parameters in it begin where not by themselves, "weight: zeros, norm.scale: constant(0.1)". */
  ri_str fresh;
  const ri_distribution *begins; /* of a tensor: the same without words; not together with `fresh` */
} ri_child;

/* One child of a described layer. Texts may hold expressions of parameters in braces: + - * / ( ) of numbers and names. */
typedef struct ri_child_row {
  uint32_t struct_size;
  uint32_t kind; /* RI_CHILD_... */
  ri_role role;
  uint32_t flags; /* RI_CHILD_FROZEN */
  ri_str name;
  ri_str shape;                  /* of a tensor: "[out, 4 * in]", expressions without braces */
  ri_str fresh;                  /* as in ri_child: "uniform({-1 / n}, {1 / n})" */
  const ri_distribution *begins; /* as in ri_child */
  const ri_geometry *geometry;   /* as in ri_child */
  ri_str groups;                 /* an expression in place of the geometry's; empty: the geometry's */
  ri_str layer;                  /* of a layer: as for ri_host.layer_new, "Dense(in: {n}, out: {2 * n})"; empty: the next nested one */
  ri_str when;                   /* a parameter, and the child is absent where it is false or 0; empty: always there */
} ri_child_row;

/* What create is given. [borrowed] as a whole. */
typedef struct ri_build {
  uint32_t struct_size, reserved;
  const ri_value *params; /* in the descriptor's order, defaults filled in, ranges checked */
  uint64_t n_params;
  ri_layer *const *layers; /* the layers that the user nests in this one, in order; retain those you keep */
  uint64_t n_layers;
  const ri_host *host;
  ri_call *call;
} ri_build;

/* A child's successor. Frozen. Both NULL where absent. */
typedef struct ri_part {
  ri_tensor *tensor;
  ri_layer *layer;
} ri_part;

/* What rebuild is given: one part for each child, in order. [borrowed] as a whole. */
typedef struct ri_rebuild {
  uint32_t struct_size, reserved;
  const ri_part *parts;
  uint64_t n_parts;
  const ri_host *host;
  ri_call *call;
} ri_rebuild;

/* A tensor's elements. `data` is NULL while shapes are inferred, and for a tensor that was never filled. */
typedef struct ri_view {
  uint32_t struct_size; /* set by the plugin: the host writes no more than this */
  ri_dtype dtype;
  uint32_t rank, reserved;
  const int64_t *shape; /* row-major, contiguous */
  uint64_t count;
  void *data; /* of an input: read only */
} ri_view;

enum { RI_FORWARD_SHAPES = 1u << 0 /* in infer: only shapes and types are asked for, and there is no data */ };

/* A forward pass, or the inference of its shapes. [borrowed] as a whole. */
typedef struct ri_forward {
  uint32_t struct_size;
  uint32_t flags; /* RI_FORWARD_SHAPES */
  ri_tensor *const *inputs;
  uint64_t n_inputs;
  uint64_t n_outputs; /* set each once, by ri_host.output or ri_host.set_output */
  const ri_host *host;
  ri_call *call;
  /* Of a described layer: its children, in the order of the rows, and its parameters. */
  const ri_part *children;
  uint64_t n_children;
  const ri_value *params;
  uint64_t n_params;
} ri_forward;

/* What the host says of a layer, built in or of any plugin. Lives until the call returns. */
typedef struct ri_layer_info {
  uint32_t struct_size, reserved; /* set by the plugin: the host writes no more than this */
  ri_str type;                    /* "Conv", "org.example/Gate" */
  ri_str text;                    /* as for ri_host.layer_new; empty if it cannot be written so */
  uint64_t n_children;            /* see ri_host.layer_child */
} ri_layer_info;

enum { RI_LAYER_EXCLUSIVE = 1u << 0 /* not reentrant: one call at a time, over all instances */ };

typedef struct ri_layer_type {
  uint32_t struct_size, flags;
  ri_str name;      /* [A-Z][A-Za-z0-9]*; published as "<plugin id>/<Name>", and as <Name> where no other has it */
  ri_str summary;   /* one line */
  ri_str reference; /* paper */
  uint32_t version; /* from 1 */
  uint32_t min_inputs, max_inputs, n_outputs;
  uint32_t min_layers, max_layers; /* how many layers may be nested in it; max 0: none */
  const ri_param *params;
  uint64_t n_params;
  void *user; /* given back to create */

  /* Of a layer that is not described, the five functions of an instance.
   *
   * [any] A new instance, its tensors without contents: `fresh` says what they begin with. */
  ri_status (*create)(const ri_build *build, void *user, void **self);
  /* [any] The last call for an instance; releases what it holds. */
  void (*destroy)(void *self);
  /* [any] The same number as long as the instance lives. */
  uint64_t (*child_count)(const void *self);
  /* [any] The same children, in the same order, as long as the instance lives; RI_INVALID from child_count on. */
  ri_status (*child_at)(const void *self, uint64_t index, ri_child *out);
  /* [any] A new instance with other children; retains those it keeps and leaves `self` alone. Refuses what does not fit. */
  ri_status (*rebuild)(const void *self, const ri_rebuild *rebuild, void **new_self);

  /* [any] Optional: the forward pass; inputs are never written. A described layer has `user` for `self`. */
  ri_status (*forward)(const void *self, const ri_forward *pass);
  /* [any] Optional: the shapes of the outputs; inputs have no data, and neither has what ri_host.output gives. */
  ri_status (*infer)(const void *self, const ri_forward *pass);
  /* [any] Optional: the parameters as they now are, written to `out[0 ..< n]`, borrowed from the instance; NULL: as at creation. */
  ri_status (*config)(const void *self, ri_value *out, uint64_t n);

  /* Of a described layer: its children; the functions for instances are NULL. */
  const ri_child_row *children;
  uint64_t n_children;
} ri_layer_type;

#define RI_CHILD_SIZE_1_0 80
#define RI_CHILD_ROW_SIZE_1_0 128
#define RI_BUILD_SIZE_1_0 56
#define RI_REBUILD_SIZE_1_0 40
#define RI_VIEW_SIZE_1_0 40
#define RI_FORWARD_SIZE_1_0 80
#define RI_LAYER_INFO_SIZE_1_0 48
#define RI_LAYER_TYPE_SIZE_1_0 184

RI_ASSERT(sizeof(ri_part) == 16);
RI_ASSERT(sizeof(ri_child) >= RI_CHILD_SIZE_1_0);
RI_ASSERT(sizeof(ri_child_row) >= RI_CHILD_ROW_SIZE_1_0);
RI_ASSERT(sizeof(ri_build) >= RI_BUILD_SIZE_1_0);
RI_ASSERT(sizeof(ri_rebuild) >= RI_REBUILD_SIZE_1_0);
RI_ASSERT(sizeof(ri_view) >= RI_VIEW_SIZE_1_0);
RI_ASSERT(sizeof(ri_forward) >= RI_FORWARD_SIZE_1_0);
RI_ASSERT(sizeof(ri_layer_info) >= RI_LAYER_INFO_SIZE_1_0);
RI_ASSERT(sizeof(ri_layer_type) >= RI_LAYER_TYPE_SIZE_1_0);

#endif
