/* oneDNN's functions, found by name in the library that was opened, and what version2.c and version3.c make one of. */
#ifndef RD_LIBRARY_H
#define RD_LIBRARY_H
#include "include/onednn.h"
/* RD_NO_DNNL builds as on a machine without oneDNN's headers. */
#if !defined(RD_NO_DNNL) && __has_include(<oneapi/dnnl/dnnl.h>)
#include <oneapi/dnnl/dnnl.h>
#if DNNL_VERSION_MAJOR == 2 || DNNL_VERSION_MAJOR == 3
#define RD_HAS_DNNL DNNL_VERSION_MAJOR
#endif
#endif

#ifdef RD_HAS_DNNL
#if RD_HAS_DNNL == 2
#define RD_FUNCTIONS_OF_VERSION(F) \
  F(dnnl_memory_desc_init_by_tag) F(dnnl_memory_desc_init_submemory) F(dnnl_primitive_desc_create) \
  F(dnnl_binary_desc_init) F(dnnl_dilated_convolution_forward_desc_init) F(dnnl_eltwise_forward_desc_init) \
  F(dnnl_pooling_v2_forward_desc_init) F(dnnl_batch_normalization_forward_desc_init)
#else
#define RD_FUNCTIONS_OF_VERSION(F) \
  F(dnnl_memory_desc_create_with_tag) F(dnnl_memory_desc_create_submemory) F(dnnl_memory_desc_clone) \
  F(dnnl_memory_desc_destroy) F(dnnl_memory_desc_query) F(dnnl_binary_primitive_desc_create) \
  F(dnnl_convolution_forward_primitive_desc_create) F(dnnl_eltwise_forward_primitive_desc_create) \
  F(dnnl_pooling_forward_primitive_desc_create) F(dnnl_batch_normalization_forward_primitive_desc_create)
#endif
#define RD_FUNCTIONS(F) \
  F(dnnl_version) F(dnnl_engine_create) F(dnnl_stream_create) F(dnnl_stream_wait) F(dnnl_memory_create) \
  F(dnnl_memory_destroy) F(dnnl_memory_desc_equal) F(dnnl_memory_desc_get_size) F(dnnl_primitive_desc_destroy) \
  F(dnnl_primitive_desc_query_md) F(dnnl_primitive_create) F(dnnl_primitive_destroy) F(dnnl_primitive_execute) \
  F(dnnl_primitive_attr_create) F(dnnl_primitive_attr_destroy) F(dnnl_primitive_attr_set_post_ops) \
  F(dnnl_post_ops_create) F(dnnl_post_ops_destroy) F(dnnl_post_ops_append_eltwise) F(dnnl_post_ops_append_sum) \
  F(dnnl_reorder_primitive_desc_create) F(dnnl_concat_primitive_desc_create) RD_FUNCTIONS_OF_VERSION(F)

typedef struct rd_functions {
#define RD_POINTER(name) __typeof__(&name) name;
  RD_FUNCTIONS(RD_POINTER)
#undef RD_POINTER
  dnnl_engine_t engine;
} rd_functions;

/* Sizes, and how the elements lie in memory; whoever gets an rd_order forgets it, and NULL stands for a failure. */
#if RD_HAS_DNNL == 2
typedef dnnl_memory_desc_t *rd_order;
typedef const dnnl_memory_desc_t *rd_known_order;
#else
typedef dnnl_memory_desc_t rd_order;
typedef const_dnnl_memory_desc_t rd_known_order;
#endif
rd_order rd_order_of(int rank, const int64_t *sizes, dnnl_format_tag_t tag);
/* Of the first elements along each axis of a larger one. */
rd_order rd_order_within(rd_known_order whole, const int64_t *sizes);
rd_order rd_copied_order(rd_known_order order);
void rd_forget_order(rd_order order);
int rd_rank(rd_known_order order);
const int64_t *rd_sizes(rd_known_order order);

/* Operations with what they are applied to; NULL where oneDNN refuses. */
dnnl_primitive_desc_t rd_describe_convolution(
  const rd_convolution *c, rd_known_order source, rd_known_order weights, rd_known_order bias, rd_known_order target,
  const int64_t dilation[2], const int64_t behind[2], dnnl_primitive_attr_t attributes);
dnnl_primitive_desc_t rd_describe_function(rd_known_order x, rd_function function);
dnnl_primitive_desc_t rd_describe_pool(const rd_window *w, rd_known_order source, rd_known_order target);
dnnl_primitive_desc_t rd_describe_norm(rd_known_order x, unsigned flags);
dnnl_primitive_desc_t rd_describe_pair(
  bool is_product, rd_known_order x, rd_known_order y, dnnl_primitive_attr_t attributes);
dnnl_primitive_desc_t rd_describe_concatenation(int count, const rd_known_order *parts);
void rd_append_sum(dnnl_post_ops_t after);
void rd_append_function(dnnl_post_ops_t after, rd_function function);

/* The calling thread's stream. */
dnnl_stream_t rd_stream(void);

/* Set once rd_load has succeeded. */
extern rd_functions rd_dnnl;

/* Memory for more channels than are in use, which tensors share. */
typedef struct rd_room {
  float *base;
  size_t size;
  int64_t capacity, used;
  int holders;
} rd_room;

struct rd_tensor {
  rd_order order;
  dnnl_memory_t memory;
  void *owned; /* NULL for a view, and for a part of a room */
  size_t size;
  rd_room *room; /* or NULL */
};

/* Memory of at least that size, perhaps of a tensor that is gone; the size becomes what it is. */
void *rd_take(size_t *size);
/* Keeps memory for tensors to come, or returns it to the system. */
void rd_give(void *base, size_t size);
/* One holder less. */
void rd_leave_room(rd_room *room);
/* One after the other along the channels, in the first one's room if that has some left; NULL where channels are not
 * innermost. */
rd_tensor *rd_grown(const rd_tensor *const *parts, int count);
/* Whether it owns its elements, channels innermost and nothing between them, or is a part of a room. */
bool rd_is_by_place(const rd_tensor *x);
/* The same as rd_normalize, for such a tensor. */
rd_tensor *rd_normalize_places(
  const rd_tensor *x, const float *mean, const float *scale, const float *shift, bool is_rectified);
/* The tensor itself, or a copy where other channels lie between: few operations are fast over those. */
rd_tensor *rd_compact(const rd_tensor *x, bool *is_copy);

/* A tensor of that order in memory of its own. */
rd_tensor *rd_make(rd_known_order order);
/* The same, channels innermost. */
rd_tensor *rd_make_by_place(const int64_t sizes[4]);
/* The tensor itself where it has that order, else a copy that has; *is_copy says which. */
rd_tensor *rd_ordered(const rd_tensor *tensor, rd_known_order order, bool *is_copy);
/* The elements of one in the order of the other. */
bool rd_reorder(const rd_tensor *from, const rd_tensor *to);
/* A tensor with the memory of another, which is left empty. */
rd_tensor *rd_moved(rd_tensor *tensor);
/* Runs what is described, and destroys the description. */
bool rd_execute(dnnl_primitive_desc_t description, const dnnl_exec_arg_t *arguments, int count);
/* Attributes with a function behind; NULL for none. */
dnnl_primitive_attr_t rd_behind(rd_function function);
#endif
#endif
