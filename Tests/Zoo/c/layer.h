/* What the broken layers in C are made of: a good layer, `Zoo(size, bias: true)`, in which a file replaces a piece.
 * y = inner(x) * weight + bias over the last axis; inner may be left out. */
#ifndef ZOO_LAYER_H
#define ZOO_LAYER_H

#include "zoo.h"

typedef struct zoo_layer {
  const ri_host *host;
  int64_t size;
  ri_tensor *weight, *bias; /* bias: NULL where absent */
  ri_layer *inner;          /* NULL where there is none */
  void *extra;              /* NULL; a place for what a fault needs */
} zoo_layer;

/* An instance of these parts, which it retains. */
ZOO_UNUSED static ri_status zoo_keep(const zoo_layer *parts, ri_call *call, void **out) {
  zoo_layer *self = malloc(sizeof *self);
  if (!self) return zoo_refuse(parts->host, call, RI_NO_MEMORY, "no memory for an instance");
  *self = *parts;
  self->host->tensor_retain(self->weight);
  self->host->tensor_retain(self->bias);
  self->host->layer_retain(self->inner);
  *out = self;
  return RI_OK;
}

ZOO_UNUSED static void zoo_destroy(void *instance) {
  zoo_layer *self = instance;
  self->host->tensor_release(self->weight);
  self->host->tensor_release(self->bias);
  self->host->layer_release(self->inner);
  free(self);
}

ZOO_UNUSED static ri_status zoo_create(const ri_build *build, void *user, void **out) {
  (void)user;
  const ri_host *host = build->host;
  zoo_layer parts = {.host = host, .size = build->params[0].u.i64};
  if (build->n_layers) parts.inner = build->layers[0];
  ri_status status = host->tensor_new(build->call, RI_F32, 1, &parts.size, NULL, &parts.weight);
  if (!status && build->params[1].u.i64)
    status = host->tensor_new(build->call, RI_F32, 1, &parts.size, NULL, &parts.bias);
  if (!status) status = zoo_keep(&parts, build->call, out);
  host->tensor_release(parts.weight);
  host->tensor_release(parts.bias);
  return status;
}

ZOO_UNUSED static uint64_t zoo_child_count(const void *instance) { return ((const zoo_layer *)instance)->inner ? 3 : 2; }

/* Child `index` of the good layer, without looking whether it has one. */
ZOO_UNUSED static ri_status zoo_child(const zoo_layer *self, uint64_t index, ri_child *out) {
  const uint32_t size = out->struct_size;
  const ri_child all[] = {
      {.struct_size = size, .kind = RI_CHILD_TENSOR, .role = RI_ROLE_WEIGHT, .name = RI_S("weight"),
       .tensor = self->weight, .fresh = RI_S("uniform(low: 0.5, high: 1.5)")},
      {.struct_size = size, .kind = RI_CHILD_TENSOR, .role = RI_ROLE_BIAS, .name = RI_S("bias"), .tensor = self->bias},
      {.struct_size = size, .kind = RI_CHILD_LAYER, .name = RI_S("inner"), .layer = self->inner},
  };
  memcpy(out, &all[index], size < sizeof *out ? size : sizeof *out);
  return RI_OK;
}

ZOO_UNUSED static ri_status zoo_child_at(const void *instance, uint64_t index, ri_child *out) {
  return index < zoo_child_count(instance) ? zoo_child(instance, index, out) : RI_INVALID;
}

/* Refuses what is no f32 of shape [size]. */
ZOO_UNUSED static ri_status zoo_require_shape(const zoo_layer *self, ri_call *call, ri_tensor *tensor) {
  ri_view view = {.struct_size = sizeof view};
  const ri_status status = self->host->tensor_view(call, tensor, &view);
  if (status || (view.dtype == RI_F32 && view.rank == 1 && view.shape[0] == self->size)) return status;
  return zoo_refuse(self->host, call, RI_SHAPE, "a tensor has the wrong shape or type: expected f32 of shape [size]");
}

/* Refuses parts of another number, without a weight or an inner layer that there was, of other shapes. */
ZOO_UNUSED static ri_status zoo_require_parts(const zoo_layer *self, const ri_rebuild *with) {
  const ri_host *host = with->host;
  if (with->n_parts != zoo_child_count(self))
    return zoo_refuse(host, with->call, RI_INVALID, "wrong number of parts: expected one for each child");
  if (!with->parts[0].tensor) return zoo_refuse(host, with->call, RI_INVALID, "'weight' is missing");
  if (self->inner && !with->parts[2].layer) return zoo_refuse(host, with->call, RI_INVALID, "'inner' is missing");
  const ri_status status = zoo_require_shape(self, with->call, with->parts[0].tensor);
  if (status || !with->parts[1].tensor) return status;
  return zoo_require_shape(self, with->call, with->parts[1].tensor);
}

/* The layer of these parts, which nobody has checked. */
ZOO_UNUSED static zoo_layer zoo_of_parts(const zoo_layer *self, const ri_rebuild *with) {
  zoo_layer parts = *self;
  parts.weight = with->parts[0].tensor;
  parts.bias = with->parts[1].tensor;
  if (self->inner) parts.inner = with->parts[2].layer;
  return parts;
}

ZOO_UNUSED static ri_status zoo_rebuild(const void *instance, const ri_rebuild *with, void **out) {
  const ri_status status = zoo_require_parts(instance, with);
  if (status) return status;
  const zoo_layer parts = zoo_of_parts(instance, with);
  return zoo_keep(&parts, with->call, out);
}

/* Looks at an input, and refuses what is no f32 of the right last axis. */
ZOO_UNUSED static ri_status zoo_input(const zoo_layer *self, const ri_forward *pass, ri_tensor *tensor, ri_view *out) {
  *out = (ri_view){.struct_size = sizeof *out};
  const ri_status status = pass->host->tensor_view(pass->call, tensor, out);
  if (status || (out->dtype == RI_F32 && out->rank > 0 && out->shape[out->rank - 1] == self->size)) return status;
  return zoo_refuse(pass->host, pass->call, RI_SHAPE, "the input does not fit: expected f32 of shape [..., size]");
}

/* inner(x), one reference to it; its shape alone while shapes are inferred. */
ZOO_UNUSED static ri_status zoo_inner(const zoo_layer *self, const ri_forward *pass, ri_tensor **out) {
  if (self->inner) return pass->host->layer_apply(pass->call, self->inner, pass->inputs, 1, out, 1);
  pass->host->tensor_retain(*out = pass->inputs[0]);
  return RI_OK;
}

/* A parameter's elements; NULL for none. */
ZOO_UNUSED static ri_status zoo_read(const ri_forward *pass, ri_tensor *tensor, const float **out) {
  ri_view view = {.struct_size = sizeof view};
  *out = NULL;
  if (!tensor) return RI_OK;
  const ri_status status = pass->host->tensor_view(pass->call, tensor, &view);
  *out = view.data;
  if (status || *out || view.count == 0) return status;
  return zoo_refuse(pass->host, pass->call, RI_INVALID, "a parameter has no values yet");
}

/* y = x * weight + bias over elements. */
ZOO_UNUSED static void zoo_compute(const zoo_layer *self, const float *x, const float *w, const float *b, float *y,
                                   uint64_t count) {
  for (uint64_t i = 0; i < count; i++) {
    const uint64_t j = i % (uint64_t)self->size;
    y[i] = x[i] * w[j] + (b ? b[j] : 0);
  }
}

/* Input, parameters and output of a pass. */
typedef struct zoo_pass {
  ri_tensor *inner; /* to be released */
  ri_view x, y;
  const float *weight, *bias;
} zoo_pass;

ZOO_UNUSED static ri_status zoo_begin(const zoo_layer *self, const ri_forward *pass, zoo_pass *out) {
  ri_view input;
  out->inner = NULL;
  ri_status status = zoo_input(self, pass, pass->inputs[0], &input);
  if (!status) status = zoo_inner(self, pass, &out->inner);
  if (!status) status = zoo_input(self, pass, out->inner, &out->x);
  if (!status && !out->x.data && out->x.count)
    status = zoo_refuse(pass->host, pass->call, RI_INVALID, "the input has no values");
  if (!status) status = zoo_read(pass, self->weight, &out->weight);
  if (!status) status = zoo_read(pass, self->bias, &out->bias);
  out->y = (ri_view){.struct_size = sizeof out->y};
  if (!status) status = pass->host->output(pass->call, 0, RI_F32, out->x.rank, out->x.shape, &out->y);
  if (status) pass->host->tensor_release(out->inner);
  return status;
}

ZOO_UNUSED static ri_status zoo_forward(const void *instance, const ri_forward *pass) {
  zoo_pass p;
  const ri_status status = zoo_begin(instance, pass, &p);
  if (status) return status;
  zoo_compute(instance, p.x.data, p.weight, p.bias, p.y.data, p.x.count);
  pass->host->tensor_release(p.inner);
  return RI_OK;
}

ZOO_UNUSED static ri_status zoo_infer(const void *instance, const ri_forward *pass) {
  ri_view x, z, y = {.struct_size = sizeof y};
  ri_tensor *inner = NULL;
  ri_status status = zoo_input(instance, pass, pass->inputs[0], &x);
  if (!status) status = zoo_inner(instance, pass, &inner);
  if (!status) status = zoo_input(instance, pass, inner, &z);
  if (!status) status = pass->host->output(pass->call, 0, RI_F32, z.rank, z.shape, &y);
  pass->host->tensor_release(inner);
  return status;
}

ZOO_UNUSED static ri_status zoo_config(const void *instance, ri_value *out, uint64_t n) {
  const zoo_layer *self = instance;
  const ri_value values[] = {{.type = RI_VALUE_INT, .u = {.i64 = self->size}},
                             {.type = RI_VALUE_BOOL, .u = {.i64 = self->bias != NULL}}};
  if (n > 2) return RI_INVALID;
  memcpy(out, values, n * sizeof *values);
  return RI_OK;
}

static const ri_param zoo_layer_params[] = {
    RI_INT_PARAM_REQUIRED("size", 1, "elements of the last axis"),
    RI_BOOL_PARAM("bias", 1, "whether there is a bias"),
};

#define ZOO_GOOD_LAYER                                                                                                  \
  .struct_size = sizeof(ri_layer_type), .name = RI_S("Zoo"), .summary = RI_S("scales and shifts the last axis"),         \
  .reference = RI_S("none"), .version = 1, .min_inputs = 1, .max_inputs = 1, .n_outputs = 1, .max_layers = 1,            \
  .params = zoo_layer_params, .n_params = 2, .create = zoo_create, .destroy = zoo_destroy,                               \
  .child_count = zoo_child_count, .child_at = zoo_child_at, .rebuild = zoo_rebuild, .forward = zoo_forward,              \
  .infer = zoo_infer, .config = zoo_config

/* The good layer with these fields in their place. */
#define ZOO_LAYER(...)                                                                                       \
  _Pragma("GCC diagnostic ignored \"-Woverride-init\"") static const ri_layer_type zoo = {ZOO_GOOD_LAYER,    \
                                                                                          __VA_ARGS__};      \
  ZOO_ENTRY(return host->add_layer(host, &zoo);)

#endif
