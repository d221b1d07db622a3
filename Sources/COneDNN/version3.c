/* What oneDNN 3 says in its own way: orders are handles, and an operation is described by one call. */
#include "library.h"

#if RD_HAS_DNNL == 3
rd_order rd_order_of(int rank, const int64_t *sizes, dnnl_format_tag_t tag) {
  rd_order order = NULL;
  rd_dnnl.dnnl_memory_desc_create_with_tag(&order, rank, sizes, dnnl_f32, tag);
  return order;
}

rd_order rd_order_within(rd_known_order whole, const int64_t *sizes) {
  const dnnl_dim_t start[DNNL_MAX_NDIMS] = {0};
  rd_order order = NULL;
  rd_dnnl.dnnl_memory_desc_create_submemory(&order, whole, sizes, start);
  return order;
}

rd_order rd_copied_order(rd_known_order known) {
  rd_order order = NULL;
  rd_dnnl.dnnl_memory_desc_clone(&order, known);
  return order;
}

void rd_forget_order(rd_order order) {
  if (order) rd_dnnl.dnnl_memory_desc_destroy(order);
}

int rd_rank(rd_known_order order) {
  int rank = 0;
  rd_dnnl.dnnl_memory_desc_query(order, dnnl_query_ndims_s32, &rank);
  return rank;
}

const int64_t *rd_sizes(rd_known_order order) {
  const dnnl_dims_t *sizes = NULL;
  rd_dnnl.dnnl_memory_desc_query(order, dnnl_query_dims, (void *)&sizes);
  return (const int64_t *)sizes;
}

dnnl_primitive_desc_t rd_describe_convolution(
  const rd_convolution *c, rd_known_order source, rd_known_order weights, rd_known_order bias, rd_known_order target,
  const int64_t dilation[2], const int64_t behind[2], dnnl_primitive_attr_t attributes) {
  dnnl_primitive_desc_t description = NULL;
  rd_dnnl.dnnl_convolution_forward_primitive_desc_create(
    &description, rd_dnnl.engine, dnnl_forward_inference, dnnl_convolution_direct, source, weights, bias, target,
    c->stride, dilation, c->padding, behind, attributes);
  return description;
}

/* hardswish is x * clip(alpha * x + beta, 0, 1). */
static const struct { dnnl_alg_kind_t kind; float alpha, beta; } functions[] = {
  [RD_RELU] = {dnnl_eltwise_relu, 0, 0},     [RD_RELU6] = {dnnl_eltwise_clip, 0, 6},
  [RD_GELU] = {dnnl_eltwise_gelu_erf, 0, 0}, [RD_SILU] = {dnnl_eltwise_swish, 1, 0},
  [RD_SIGMOID] = {dnnl_eltwise_logistic, 0, 0}, [RD_TANH] = {dnnl_eltwise_tanh, 0, 0},
  [RD_HARDSWISH] = {dnnl_eltwise_hardswish, 1.f / 6, 0.5f},
};

dnnl_primitive_desc_t rd_describe_function(rd_known_order x, rd_function function) {
  dnnl_primitive_desc_t description = NULL;
  rd_dnnl.dnnl_eltwise_forward_primitive_desc_create(
    &description, rd_dnnl.engine, dnnl_forward_inference, functions[function].kind, x, x, functions[function].alpha,
    functions[function].beta, NULL);
  return description;
}

dnnl_primitive_desc_t rd_describe_pool(const rd_window *w, rd_known_order source, rd_known_order target) {
  const int64_t dilation[2] = {0, 0};
  dnnl_primitive_desc_t description = NULL;
  rd_dnnl.dnnl_pooling_forward_primitive_desc_create(
    &description, rd_dnnl.engine, dnnl_forward_inference,
    w->is_mean ? dnnl_pooling_avg_include_padding : dnnl_pooling_max, source, target, w->stride, w->kernel, dilation,
    w->before, w->behind, NULL);
  return description;
}

dnnl_primitive_desc_t rd_describe_norm(rd_known_order x, unsigned flags) {
  dnnl_primitive_desc_t description = NULL;
  rd_dnnl.dnnl_batch_normalization_forward_primitive_desc_create(
    &description, rd_dnnl.engine, dnnl_forward_inference, x, x, 0, flags, NULL);
  return description;
}

dnnl_primitive_desc_t rd_describe_pair(
  bool is_product, rd_known_order x, rd_known_order y, dnnl_primitive_attr_t attributes) {
  dnnl_primitive_desc_t description = NULL;
  rd_dnnl.dnnl_binary_primitive_desc_create(
    &description, rd_dnnl.engine, is_product ? dnnl_binary_mul : dnnl_binary_add, x, y, x, attributes);
  return description;
}

dnnl_primitive_desc_t rd_describe_concatenation(int count, const rd_known_order *parts) {
  dnnl_primitive_desc_t description = NULL;
  rd_dnnl.dnnl_concat_primitive_desc_create(&description, rd_dnnl.engine, NULL, count, 1, parts, NULL);
  return description;
}

void rd_append_sum(dnnl_post_ops_t after) { rd_dnnl.dnnl_post_ops_append_sum(after, 1, 0, dnnl_data_type_undef); }

void rd_append_function(dnnl_post_ops_t after, rd_function function) {
  rd_dnnl.dnnl_post_ops_append_eltwise(
    after, functions[function].kind, functions[function].alpha, functions[function].beta);
}
#endif
