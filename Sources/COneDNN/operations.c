#include "include/onednn.h"
#include "library.h"
#include <stdlib.h>

#ifdef RD_HAS_DNNL
static rd_tensor *pool(const rd_window *w, const rd_tensor *x) {
  rd_order target = rd_order_of(4, w->output, dnnl_format_tag_any);
  dnnl_primitive_desc_t description = target ? rd_describe_pool(w, x->order, target) : NULL;
  rd_forget_order(target);
  if (!description) return NULL;
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
  dnnl_primitive_desc_t description = rd_describe_norm(x->order, flags);
  if (!description) return NULL;
  rd_tensor *y = rd_make(x->order);
  rd_order order = rd_order_of(1, rd_sizes(x->order) + 1, dnnl_a);
  const float *vectors[4] = {mean, variance, scale, shift};
  const int names[4] = {DNNL_ARG_MEAN, DNNL_ARG_VARIANCE, DNNL_ARG_SCALE, DNNL_ARG_SHIFT};
  dnnl_exec_arg_t arguments[6] = {{DNNL_ARG_SRC, x->memory}, {DNNL_ARG_DST, y ? y->memory : NULL}};
  bool is_ready = y && order;
  for (int i = 0; i < 4; i++) {
    arguments[i + 2].arg = names[i];
    is_ready = is_ready && rd_dnnl.dnnl_memory_create(
                             &arguments[i + 2].memory, order, rd_dnnl.engine, (void *)vectors[i]) == dnnl_success;
  }
  rd_forget_order(order);
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
  int64_t channels = rd_sizes(x->order)[1];
  float *ones = malloc((size_t)channels * sizeof *ones);
  if (!ones) return NULL;
  for (int64_t c = 0; c < channels; c++) ones[c] = 1;
  rd_tensor *y = normalize(x, mean, ones, scale, shift, is_rectified);
  free(ones);
  return y;
}

static bool are_same_size(const rd_tensor *x, const rd_tensor *y) {
  const int64_t *a = rd_sizes(x->order), *b = rd_sizes(y->order);
  return a[0] == b[0] && a[1] == b[1] && a[2] == b[2] && a[3] == b[3];
}

static rd_tensor *combine(const rd_tensor *x, const rd_tensor *y, bool is_product, rd_function function) {
  bool is_copy = false;
  rd_tensor *second = (rd_tensor *)y, *result = NULL;
  /* Equal shapes are put into one order. */
  if (are_same_size(x, y) && !(second = rd_ordered(y, x->order, &is_copy))) return NULL;
  dnnl_primitive_attr_t attributes = rd_behind(function);
  dnnl_primitive_desc_t description =
    attributes || function == RD_NONE ? rd_describe_pair(is_product, x->order, second->order, attributes) : NULL;
  if (description && (result = rd_make(x->order))) {
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
  rd_known_order orders[MOST];
  dnnl_exec_arg_t arguments[MOST + 1];
  for (int i = 0; i < count; i++) {
    orders[i] = parts[i]->order;
    arguments[i] = (dnnl_exec_arg_t){DNNL_ARG_MULTIPLE_SRC + i, parts[i]->memory};
  }
  dnnl_primitive_desc_t description = rd_describe_concatenation(count, orders);
  if (!description) return NULL;
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
