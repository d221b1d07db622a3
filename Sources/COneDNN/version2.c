/* What oneDNN 2 says in its own way: orders are structures, and an operation is described before it is made. */
#include "library.h"
#include <stdlib.h>

#if RD_HAS_DNNL == 2
static rd_order kept(dnnl_status_t status, const dnnl_memory_desc_t *order) {
  rd_order copy = status == dnnl_success ? malloc(sizeof *copy) : NULL;
  if (copy) *copy = *order;
  return copy;
}

rd_order rd_order_of(int rank, const int64_t *sizes, dnnl_format_tag_t tag) {
  dnnl_memory_desc_t order;
  dnnl_status_t status = rd_dnnl.dnnl_memory_desc_init_by_tag(&order, rank, sizes, dnnl_f32, tag);
  return kept(status, &order);
}

rd_order rd_order_within(rd_known_order whole, const int64_t *sizes) {
  const dnnl_dim_t start[DNNL_MAX_NDIMS] = {0};
  dnnl_memory_desc_t order;
  dnnl_status_t status = rd_dnnl.dnnl_memory_desc_init_submemory(&order, whole, sizes, start);
  return kept(status, &order);
}

rd_order rd_copied_order(rd_known_order order) { return kept(dnnl_success, order); }
void rd_forget_order(rd_order order) { free(order); }
int rd_rank(rd_known_order order) { return order->ndims; }
const int64_t *rd_sizes(rd_known_order order) { return order->dims; }

static dnnl_primitive_desc_t described(
  dnnl_status_t status, const_dnnl_op_desc_t operation, dnnl_primitive_attr_t attributes) {
  dnnl_primitive_desc_t description = NULL;
  if (status == dnnl_success)
    rd_dnnl.dnnl_primitive_desc_create(&description, operation, attributes, rd_dnnl.engine, NULL);
  return description;
}

dnnl_primitive_desc_t rd_describe_convolution(
  const rd_convolution *c, rd_known_order source, rd_known_order weights, rd_known_order bias, rd_known_order target,
  const int64_t dilation[2], const int64_t behind[2], dnnl_primitive_attr_t attributes) {
  dnnl_convolution_desc_t operation;
  dnnl_status_t status = rd_dnnl.dnnl_dilated_convolution_forward_desc_init(
    &operation, dnnl_forward_inference, dnnl_convolution_direct, source, weights, bias, target, c->stride, dilation,
    c->padding, behind);
  return described(status, &operation, attributes);
}

static const struct { dnnl_alg_kind_t kind; float alpha; } functions[] = {
  [RD_RELU] = {dnnl_eltwise_relu, 0},      [RD_RELU6] = {dnnl_eltwise_bounded_relu, 6},
  [RD_GELU] = {dnnl_eltwise_gelu_erf, 0},  [RD_SILU] = {dnnl_eltwise_swish, 1},
  [RD_SIGMOID] = {dnnl_eltwise_logistic, 0}, [RD_TANH] = {dnnl_eltwise_tanh, 0},
  [RD_HARDSWISH] = {dnnl_eltwise_hardswish, 0},
};

dnnl_primitive_desc_t rd_describe_function(rd_known_order x, rd_function function) {
  dnnl_eltwise_desc_t operation;
  dnnl_status_t status = rd_dnnl.dnnl_eltwise_forward_desc_init(
    &operation, dnnl_forward_inference, functions[function].kind, x, functions[function].alpha, 0);
  return described(status, &operation, NULL);
}

dnnl_primitive_desc_t rd_describe_pool(const rd_window *w, rd_known_order source, rd_known_order target) {
  const int64_t dilation[2] = {0, 0};
  dnnl_pooling_v2_desc_t operation;
  dnnl_status_t status = rd_dnnl.dnnl_pooling_v2_forward_desc_init(
    &operation, dnnl_forward_inference, w->is_mean ? dnnl_pooling_avg_include_padding : dnnl_pooling_max, source,
    target, w->stride, w->kernel, dilation, w->before, w->behind);
  return described(status, &operation, NULL);
}

dnnl_primitive_desc_t rd_describe_norm(rd_known_order x, unsigned flags) {
  dnnl_batch_normalization_desc_t operation;
  dnnl_status_t status =
    rd_dnnl.dnnl_batch_normalization_forward_desc_init(&operation, dnnl_forward_inference, x, 0, flags);
  return described(status, &operation, NULL);
}

dnnl_primitive_desc_t rd_describe_pair(
  bool is_product, rd_known_order x, rd_known_order y, dnnl_primitive_attr_t attributes) {
  dnnl_binary_desc_t operation;
  dnnl_status_t status =
    rd_dnnl.dnnl_binary_desc_init(&operation, is_product ? dnnl_binary_mul : dnnl_binary_add, x, y, x);
  return described(status, &operation, attributes);
}

dnnl_primitive_desc_t rd_describe_concatenation(int count, const rd_known_order *parts) {
  dnnl_memory_desc_t *orders = calloc((size_t)count, sizeof *orders);
  dnnl_primitive_desc_t description = NULL;
  for (int i = 0; orders && i < count; i++) orders[i] = *parts[i];
  if (orders)
    rd_dnnl.dnnl_concat_primitive_desc_create(&description, NULL, count, 1, orders, NULL, rd_dnnl.engine);
  free(orders);
  return description;
}

void rd_append_sum(dnnl_post_ops_t after) { rd_dnnl.dnnl_post_ops_append_sum(after, 1); }

void rd_append_function(dnnl_post_ops_t after, rd_function function) {
  rd_dnnl.dnnl_post_ops_append_eltwise(after, 1, functions[function].kind, functions[function].alpha, 0);
}
#endif
