#include "include/onednn.h"
#include "library.h"
#include <stdlib.h>

#ifdef RD_HAS_DNNL
static rd_tensor *pool(const rd_window *w, const rd_tensor *x) {
  dnnl_memory_desc_t target;
  rd_dnnl.dnnl_memory_desc_init_by_tag(&target, 4, w->output, dnnl_f32, dnnl_format_tag_any);
  const int64_t dilation[2] = {0, 0};
  dnnl_pooling_v2_desc_t operation;
  dnnl_primitive_desc_t description;
  if (rd_dnnl.dnnl_pooling_v2_forward_desc_init(
        &operation, dnnl_forward_inference, w->is_mean ? dnnl_pooling_avg_include_padding : dnnl_pooling_max,
        &x->order, &target, w->stride, w->kernel, dilation, w->before, w->behind) != dnnl_success ||
      rd_dnnl.dnnl_primitive_desc_create(&description, &operation, NULL, rd_dnnl.engine, NULL) != dnnl_success)
    return NULL;
  rd_tensor *y = rd_make(rd_dnnl.dnnl_primitive_desc_query_md(description, dnnl_query_dst_md, 0));
  if (!y) {
    rd_dnnl.dnnl_primitive_desc_destroy(description);
    return NULL;
  }
  dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, x->memory}, {DNNL_ARG_DST, y->memory}};
  if (rd_execute(description, arguments, 2)) return y;
  rd_free(y);
  return NULL;
}

rd_tensor *rd_pool(const rd_window *window, const rd_tensor *x) {
  bool is_copy;
  rd_tensor *compact = rd_compact(x, &is_copy), *y = compact ? pool(window, compact) : NULL;
  if (is_copy) rd_free(compact);
  return y;
}

/* By oneDNN's norm, whose variance is 1. */
static rd_tensor *normalize(
  const rd_tensor *x, const float *mean, const float *variance, const float *scale, const float *shift,
  bool is_rectified) {
  unsigned flags = dnnl_use_global_stats | dnnl_use_scale | dnnl_use_shift | (is_rectified ? dnnl_fuse_norm_relu : 0);
  dnnl_batch_normalization_desc_t operation;
  dnnl_primitive_desc_t description;
  if (rd_dnnl.dnnl_batch_normalization_forward_desc_init(
        &operation, dnnl_forward_inference, &x->order, 0, flags) != dnnl_success ||
      rd_dnnl.dnnl_primitive_desc_create(&description, &operation, NULL, rd_dnnl.engine, NULL) != dnnl_success)
    return NULL;
  rd_tensor *y = rd_make(&x->order);
  dnnl_memory_desc_t order;
  rd_dnnl.dnnl_memory_desc_init_by_tag(&order, 1, &x->order.dims[1], dnnl_f32, dnnl_a);
  const float *vectors[4] = {mean, variance, scale, shift};
  const int names[4] = {DNNL_ARG_MEAN, DNNL_ARG_VARIANCE, DNNL_ARG_SCALE, DNNL_ARG_SHIFT};
  dnnl_exec_arg_t arguments[6] = {{DNNL_ARG_SRC, x->memory}, {DNNL_ARG_DST, y ? y->memory : NULL}};
  bool is_ready = y != NULL;
  for (int i = 0; i < 4; i++) {
    arguments[i + 2].arg = names[i];
    is_ready &= rd_dnnl.dnnl_memory_create(
                  &arguments[i + 2].memory, &order, rd_dnnl.engine, (void *)vectors[i]) == dnnl_success;
  }
  bool is_done = is_ready && rd_execute(description, arguments, 6);
  if (!is_ready) rd_dnnl.dnnl_primitive_desc_destroy(description);
  for (int i = 0; i < 4; i++)
    if (arguments[i + 2].memory) rd_dnnl.dnnl_memory_destroy(arguments[i + 2].memory);
  if (is_done) return y;
  rd_free(y);
  return NULL;
}

rd_tensor *rd_normalize(
  const rd_tensor *x, const float *mean, const float *scale, const float *shift, bool is_rectified) {
  if (rd_is_by_place(x)) return rd_normalize_places(x, mean, scale, shift, is_rectified);
  int64_t channels = x->order.dims[1];
  float *ones = malloc((size_t)channels * sizeof *ones);
  if (!ones) return NULL;
  for (int64_t c = 0; c < channels; c++) ones[c] = 1;
  rd_tensor *y = normalize(x, mean, ones, scale, shift, is_rectified);
  free(ones);
  return y;
}

static rd_tensor *combine(const rd_tensor *x, const rd_tensor *y, bool is_product, rd_function function) {
  dnnl_binary_desc_t operation;
  dnnl_primitive_desc_t description = NULL;
  bool is_copy = false;
  rd_tensor *second = (rd_tensor *)y, *result = NULL;
  bool is_same = true;
  for (int axis = 0; axis < 4; axis++) is_same &= x->order.dims[axis] == y->order.dims[axis];
  /* Equal shapes are put into one order. */
  if (is_same && !(second = rd_ordered(y, &x->order, &is_copy))) return NULL;
  dnnl_primitive_attr_t attributes = rd_behind(function);
  if (rd_dnnl.dnnl_binary_desc_init(
        &operation, is_product ? dnnl_binary_mul : dnnl_binary_add, &x->order, &second->order, &x->order) ==
        dnnl_success &&
      rd_dnnl.dnnl_primitive_desc_create(&description, &operation, attributes, rd_dnnl.engine, NULL) ==
        dnnl_success &&
      (result = rd_make(&x->order))) {
    dnnl_exec_arg_t arguments[] = {
      {DNNL_ARG_SRC_0, x->memory}, {DNNL_ARG_SRC_1, second->memory}, {DNNL_ARG_DST, result->memory}};
    if (!rd_execute(description, arguments, 3)) {
      rd_free(result);
      result = NULL;
    }
  } else if (description) {
    rd_dnnl.dnnl_primitive_desc_destroy(description);
  }
  if (attributes) rd_dnnl.dnnl_primitive_attr_destroy(attributes);
  if (is_copy) rd_free(second);
  return result;
}

rd_tensor *rd_combine(const rd_tensor *x, const rd_tensor *y, bool is_product, rd_function function) {
  bool is_copy, is_other_copy = false;
  rd_tensor *first = rd_compact(x, &is_copy), *second = first ? rd_compact(y, &is_other_copy) : NULL;
  rd_tensor *result = second ? combine(first, second, is_product, function) : NULL;
  if (is_copy) rd_free(first);
  if (is_other_copy) rd_free(second);
  return result;
}

rd_tensor *rd_concatenate(const rd_tensor *const *parts, int count) {
  enum { MOST = 128 };
  if (count < 1 || count > MOST) return NULL;
  rd_tensor *grown = rd_grown(parts, count);
  if (grown) return grown;
  dnnl_memory_desc_t orders[MOST];
  dnnl_exec_arg_t arguments[MOST + 1];
  for (int i = 0; i < count; i++) {
    orders[i] = parts[i]->order;
    arguments[i] = (dnnl_exec_arg_t){DNNL_ARG_MULTIPLE_SRC + i, parts[i]->memory};
  }
  dnnl_primitive_desc_t description;
  if (rd_dnnl.dnnl_concat_primitive_desc_create(&description, NULL, count, 1, orders, NULL, rd_dnnl.engine) !=
      dnnl_success)
    return NULL;
  rd_tensor *y = rd_make(rd_dnnl.dnnl_primitive_desc_query_md(description, dnnl_query_dst_md, 0));
  if (!y) {
    rd_dnnl.dnnl_primitive_desc_destroy(description);
    return NULL;
  }
  arguments[count] = (dnnl_exec_arg_t){DNNL_ARG_DST, y->memory};
  if (rd_execute(description, arguments, count + 1)) return y;
  rd_free(y);
  return NULL;
}
#else
rd_tensor *rd_pool(const rd_window *w, const rd_tensor *x) { (void)w, (void)x; return NULL; }
rd_tensor *rd_normalize(
  const rd_tensor *x, const float *mean, const float *scale, const float *shift, bool is_rectified) {
  (void)x, (void)mean, (void)scale, (void)shift, (void)is_rectified;
  return NULL;
}
rd_tensor *rd_combine(const rd_tensor *x, const rd_tensor *y, bool is_product, rd_function function) {
  (void)x, (void)y, (void)is_product, (void)function;
  return NULL;
}
rd_tensor *rd_concatenate(const rd_tensor *const *parts, int count) { (void)parts, (void)count; return NULL; }
#endif
