#include "include/onednn.h"
#include "library.h"
#include <stdlib.h>
#include <string.h>

#ifdef RD_HAS_DNNL
bool rd_execute(dnnl_primitive_desc_t description, const dnnl_exec_arg_t *arguments, int count) {
  dnnl_primitive_t primitive = NULL;
  bool is_done = rd_dnnl.dnnl_primitive_create(&primitive, description) == dnnl_success &&
                 rd_dnnl.dnnl_primitive_execute(primitive, rd_stream(), count, arguments) == dnnl_success &&
                 rd_dnnl.dnnl_stream_wait(rd_stream()) == dnnl_success;
  if (primitive) rd_dnnl.dnnl_primitive_destroy(primitive);
  rd_dnnl.dnnl_primitive_desc_destroy(description);
  return is_done;
}

static dnnl_primitive_attr_t attributes_of(bool has_sum, rd_function function) {
  dnnl_primitive_attr_t attributes = NULL;
  dnnl_post_ops_t after = NULL;
  if ((!has_sum && function == RD_NONE) || rd_dnnl.dnnl_primitive_attr_create(&attributes) != dnnl_success)
    return NULL;
  if (rd_dnnl.dnnl_post_ops_create(&after) == dnnl_success) {
    if (has_sum) rd_append_sum(after);
    if (function != RD_NONE) rd_append_function(after, function);
    rd_dnnl.dnnl_primitive_attr_set_post_ops(attributes, after);
    rd_dnnl.dnnl_post_ops_destroy(after);
  }
  return attributes;
}

dnnl_primitive_attr_t rd_behind(rd_function function) { return attributes_of(false, function); }

static rd_tensor *activate(const rd_tensor *x, rd_function function) {
  dnnl_primitive_desc_t description = function == RD_NONE ? NULL : rd_describe_function(x->order, function);
  if (!description) return NULL;
  rd_tensor *y = rd_make(x->order);
  if (!y) {
    rd_dnnl.dnnl_primitive_desc_destroy(description);
    return NULL;
  }
  dnnl_exec_arg_t arguments[] = {{DNNL_ARG_SRC, x->memory}, {DNNL_ARG_DST, y->memory}};
  if (rd_execute(description, arguments, 2)) return y;
  rd_free(y);
  return NULL;
}

rd_tensor *rd_activate(const rd_tensor *x, rd_function function) {
  bool is_copy;
  rd_tensor *compact = rd_compact(x, &is_copy), *y = compact ? activate(compact, function) : NULL;
  if (is_copy) rd_free(compact);
  return y;
}

/* The sizes of the weights; with an axis for the groups where there are several. */
static int weight_sizes(const rd_convolution *c, int64_t *sizes) {
  int64_t g = c->groups, out = c->output[1], in = c->input[1];
  int64_t grouped[] = {g, out / g, in / g, c->kernel[0], c->kernel[1]};
  memcpy(sizes, g > 1 ? grouped : grouped + 1, sizeof(int64_t) * (g > 1 ? 5 : 4));
  if (g == 1) sizes[0] = out, sizes[1] = in;
  return g > 1 ? 5 : 4;
}

static dnnl_primitive_desc_t describe(const rd_convolution *c) {
  int64_t sizes[5], dilation[2] = {c->dilation[0] - 1, c->dilation[1] - 1}, behind[2];
  int rank = weight_sizes(c, sizes);
  for (int axis = 0; axis < 2; axis++) {
    int64_t reach = (c->kernel[axis] - 1) * c->dilation[axis] + 1;
    behind[axis] = (c->output[axis + 2] - 1) * c->stride[axis] + reach - c->input[axis + 2] - c->padding[axis];
  }
  rd_order orders[4] = {
    rd_order_of(4, c->input, dnnl_format_tag_any), rd_order_of(rank, sizes, dnnl_format_tag_any),
    rd_order_of(4, c->output, dnnl_format_tag_any), rd_order_of(1, &c->output[1], dnnl_a)};
  dnnl_primitive_attr_t attributes = attributes_of(c->has_addend, c->function);
  dnnl_primitive_desc_t description = NULL;
  bool is_plain = !c->has_addend && c->function == RD_NONE;
  if (orders[0] && orders[1] && orders[2] && orders[3] && (attributes || is_plain))
    description = rd_describe_convolution(
      c, orders[0], orders[1], c->has_bias ? orders[3] : NULL, orders[2], dilation, behind, attributes);
  if (attributes) rd_dnnl.dnnl_primitive_attr_destroy(attributes);
  for (int i = 0; i < 4; i++) rd_forget_order(orders[i]);
  return description;
}

/* The weights in the order that the convolution wants; a copy in any case: the elements need not outlive this. */
static rd_tensor *pack(const rd_convolution *c, const float *weights, rd_known_order order) {
  int64_t sizes[5];
  int rank = weight_sizes(c, sizes);
  rd_tensor plain = {.order = rd_order_of(rank, sizes, rank == 5 ? dnnl_goihw : dnnl_oihw)};
  rd_tensor *packed = plain.order ? rd_make(order) : NULL;
  bool is_packed =
    packed &&
    rd_dnnl.dnnl_memory_create(&plain.memory, plain.order, rd_dnnl.engine, (void *)weights) == dnnl_success &&
    rd_reorder(&plain, packed);
  if (plain.memory) rd_dnnl.dnnl_memory_destroy(plain.memory);
  rd_forget_order(plain.order);
  if (is_packed) return packed;
  rd_free(packed);
  return NULL;
}

struct rd_prepared {
  rd_convolution convolution;
  dnnl_primitive_t primitive;
  rd_order source, target;
  rd_tensor *weights;
};

void rd_forget(rd_prepared *prepared) {
  if (!prepared) return;
  if (prepared->primitive) rd_dnnl.dnnl_primitive_destroy(prepared->primitive);
  rd_forget_order(prepared->source);
  rd_forget_order(prepared->target);
  rd_free(prepared->weights);
  free(prepared);
}

static void keep_order(rd_order *kept, rd_known_order order) {
  rd_forget_order(*kept);
  *kept = rd_copied_order(order);
}

/* Puts a new primitive in place of an older one for other sizes; weights that are in its order stay. */
static bool prepare(const rd_convolution *c, const float *weights, rd_prepared *p) {
  dnnl_primitive_desc_t description = describe(c);
  if (!description) return false;
  if (p->primitive) rd_dnnl.dnnl_primitive_destroy(p->primitive);
  p->primitive = NULL;
  rd_known_order wanted = rd_dnnl.dnnl_primitive_desc_query_md(description, dnnl_query_weights_md, 0);
  if (!p->weights || !rd_dnnl.dnnl_memory_desc_equal(p->weights->order, wanted)) {
    rd_free(p->weights);
    p->weights = weights ? pack(c, weights, wanted) : NULL;
  }
  keep_order(&p->source, rd_dnnl.dnnl_primitive_desc_query_md(description, dnnl_query_src_md, 0));
  keep_order(&p->target, rd_dnnl.dnnl_primitive_desc_query_md(description, dnnl_query_dst_md, 0));
  bool is_ready = p->weights && p->source && p->target &&
                  rd_dnnl.dnnl_primitive_create(&p->primitive, description) == dnnl_success;
  rd_dnnl.dnnl_primitive_desc_destroy(description);
  if (is_ready) p->convolution = *c;
  return is_ready;
}

/* Where the result goes: into new memory, or with the addend in it already. */
static rd_tensor *target(rd_known_order order, rd_addend *addend) {
  if (!addend) return rd_make(order);
  rd_tensor *pictures = addend->pictures;
  if (addend->is_free && pictures->owned && rd_dnnl.dnnl_memory_desc_equal(pictures->order, order)) {
    rd_tensor *moved = rd_moved(pictures);
    addend->is_taken = moved != NULL;
    return moved;
  }
  rd_tensor *copy = rd_make(order);
  if (copy && rd_reorder(pictures, copy)) return copy;
  rd_free(copy);
  return NULL;
}

static bool run(rd_prepared *p, const rd_tensor *source, const float *bias, rd_tensor *y) {
  dnnl_memory_t offset = NULL;
  rd_order order = p->convolution.has_bias ? rd_order_of(1, &p->convolution.output[1], dnnl_a) : NULL;
  bool is_ready =
    !p->convolution.has_bias ||
    (order && rd_dnnl.dnnl_memory_create(&offset, order, rd_dnnl.engine, (void *)bias) == dnnl_success);
  dnnl_exec_arg_t arguments[] = {
    {DNNL_ARG_SRC, source->memory}, {DNNL_ARG_WEIGHTS, p->weights->memory}, {DNNL_ARG_DST, y->memory},
    {DNNL_ARG_BIAS, offset}};
  bool is_done =
    is_ready &&
    rd_dnnl.dnnl_primitive_execute(p->primitive, rd_stream(), offset ? 4 : 3, arguments) == dnnl_success &&
    rd_dnnl.dnnl_stream_wait(rd_stream()) == dnnl_success;
  if (offset) rd_dnnl.dnnl_memory_destroy(offset);
  rd_forget_order(order);
  return is_done;
}

rd_tensor *rd_convolve(
  const rd_convolution *c, const rd_tensor *x, const float *weights, const float *bias, rd_addend *addend,
  rd_prepared **prepared) {
  if (!*prepared && !(*prepared = calloc(1, sizeof **prepared))) return NULL;
  rd_prepared *p = *prepared;
  bool is_ready = p->primitive && memcmp(&p->convolution, c, sizeof *c) == 0;
  if (!is_ready && !prepare(c, weights, p)) return NULL;
  bool is_copy = false;
  rd_tensor *source = rd_ordered(x, p->source, &is_copy);
  rd_tensor *y = source ? target(p->target, addend) : NULL;
  bool is_done = y && run(p, source, bias, y);
  if (is_copy) rd_free(source);
  if (is_done) return y;
  rd_free(y);
  return NULL;
}
#else
rd_tensor *rd_convolve(
  const rd_convolution *c, const rd_tensor *x, const float *weights, const float *bias, rd_addend *addend,
  rd_prepared **prepared) {
  (void)c, (void)x, (void)weights, (void)bias, (void)addend, (void)prepared;
  return NULL;
}
void rd_forget(rd_prepared *prepared) { (void)prepared; }
rd_tensor *rd_activate(const rd_tensor *x, rd_function function) { (void)x, (void)function; return NULL; }
#endif
