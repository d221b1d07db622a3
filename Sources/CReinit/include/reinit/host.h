/* reinit/host.h -- what the host does for a plugin.
 *
 * One table, the same for every call, valid as long as the process. A function that a newer header has and the host
 * lacks is found with RI_HAS before it is called. Those of version 1.0 are always there, but for one group: a host for
 * initializers alone has NULL for the functions of tensors and layers, all of them, and refuses add_layer with
 * RI_UNSUPPORTED. See RI_HAS_LAYERS.
 */
#ifndef REINIT_HOST_H
#define REINIT_HOST_H

#include "function.h"
#include "initializer.h"
#include "layer.h"

enum { RI_LOG_DEBUG = 0, RI_LOG_NOTE = 1, RI_LOG_WARNING = 2 };

struct ri_host {
  uint32_t struct_size;
  uint16_t abi_major, abi_minor;
  void *impl;  /* the host's own */
  ri_str name; /* "reinit 0.1.0" */

  /* [entry] Registration: everything is copied before the function returns, and published only if the entry succeeds. */
  ri_status (*add_initializer)(const ri_host *, const ri_initializer *);
  ri_status (*add_layer)(const ri_host *, const ri_layer_type *);
  ri_status (*add_function)(const ri_host *, const ri_function *);

  /* [call] Says why the call fails, and returns `code`: `return host->fail(call, RI_SHAPE, ri_text("..."))`. The first text stands. */
  ri_status (*fail)(ri_call *, ri_status code, ri_str message);
  /* [any] A line for the user; never print to standard output. */
  void (*log)(const ri_host *, uint32_t level, ri_str message);
  /* [call] Nonzero once the user has interrupted the run: return RI_CANCELLED soon. */
  int32_t (*cancelled)(ri_call *);
  /* [call] Memory until the call returns; `alignment` a power of two. NULL: out of memory. */
  void *(*scratch)(ri_call *, uint64_t bytes, uint64_t alignment);
  /* [call] Runs body(first, end, arg) over [0, count) on the host's threads, in pieces of at least `grain`; the first failure is returned. */
  ri_status (*parallel)(ri_call *, uint64_t count, uint64_t grain,
                        ri_status (*body)(uint64_t first, uint64_t end, void *arg), void *arg);

  /* [any] Elements [first, first + count) of a stream: raw words, uniform in [low, high), normal, truncated normal. */
  void (*random_words)(const ri_random *, uint64_t first, uint64_t count, uint32_t *out);
  void (*random_uniform)(const ri_random *, uint64_t first, uint64_t count, float low, float high, float *out);
  void (*random_normal)(const ri_random *, uint64_t first, uint64_t count, float mean, float std, float *out);
  ri_status (*random_truncated_normal)(const ri_random *, uint64_t first, uint64_t count, float mean, float std,
                                       float low, float high, float *out);

  /* Tensors and layers: a group that a host may leave out.
   *
   * [call] A tensor: lazy, without memory or contents, if `data` is NULL; else a copy of `data`. [owned] */
  ri_status (*tensor_new)(ri_call *, ri_dtype, uint32_t rank, const int64_t *shape, const void *data, ri_tensor **out);
  /* [any] NULL is allowed, and does nothing. */
  void (*tensor_retain)(ri_tensor *);
  void (*tensor_release)(ri_tensor *);
  /* [call] The elements, readable until the call returns. */
  ri_status (*tensor_view)(ri_call *, ri_tensor *, ri_view *out);
  /* [call] Declares a tie: the same tensor wherever the result is a child, in this layer or in others. [owned] */
  ri_status (*tensor_share)(ri_call *, ri_tensor *, ri_tensor **out);

  /* [call] A layer of any kind, as a user writes it: "Conv(in: 64, out: 16, kernel: [1, 1])", "org.example/Gate(n: 3)". [owned] */
  ri_status (*layer_new)(ri_call *, ri_str text, ri_layer *const *layers, uint64_t n_layers, ri_layer **out);
  /* [any] NULL is allowed, and does nothing. */
  void (*layer_retain)(ri_layer *);
  void (*layer_release)(ri_layer *);
  /* [call] The layer's forward pass, or its shapes while shapes are inferred; each output [owned]. */
  ri_status (*layer_apply)(ri_call *, ri_layer *, ri_tensor *const *inputs, uint64_t n_inputs, ri_tensor **outputs,
                           uint64_t n_outputs);

  /* [call] In forward and infer: makes output `index` and lends its memory, NULL while shapes are inferred. */
  ri_status (*output)(ri_call *, uint64_t index, ri_dtype, uint32_t rank, const int64_t *shape, ri_view *out);
  /* [call] In forward and infer: gives a tensor as output `index`; the host retains it. */
  ri_status (*set_output)(ri_call *, uint64_t index, ri_tensor *);

  /* [call] The same with elements as `dtype`, RI_F32 or RI_F64, whatever float type they are kept as. */
  ri_status (*tensor_view_as)(ri_call *, ri_tensor *, ri_dtype dtype, ri_view *out);
  /* [call] What a layer is, and its children, which are lent until the call returns; RI_INVALID from n_children on. */
  ri_status (*layer_info)(ri_call *, ri_layer *, ri_layer_info *out);
  ri_status (*layer_child)(ri_call *, ri_layer *, uint64_t index, ri_child *out);
  /* [call] Elements [first, first + count) as `dtype`, RI_F32 or RI_F64, whatever type they are kept as, written to `out`:
   * what a fill of a range takes of a source. RI_INVALID beyond the end, and for a tensor without values. */
  ri_status (*tensor_read)(ri_call *, ri_tensor *, uint64_t first, uint64_t count, ri_dtype dtype, void *out);

  /* The end of the group.
   *
   * [any] Everything newer, and what is only tried out (reinit/draft/): a table by name and exact version, or NULL. */
  const void *(*service)(const ri_host *, ri_str name, uint32_t version);
};

/* Whether the host has tensors and layers. */
#define RI_HAS_LAYERS(host) ((host)->layer_new != NULL)

#define RI_HOST_SIZE_1_0 256

RI_ASSERT(sizeof(struct ri_host) >= RI_HOST_SIZE_1_0);

#endif
