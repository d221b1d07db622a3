/* A layer that looks at the order of calls, at what it is given, and at what comes back. */
#include "probe.h"

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { alive = 0x50524F42, dead = 0x44454144 };

typedef struct probe {
  atomic_uint state;
  const ri_host *host;
  int64_t size;
  ri_tensor *weight, *bias;
  ri_layer *inner;
} probe;

/* A destroyed instance keeps its mark until it falls out of this ring: a call that comes too late is seen. */
static _Atomic(probe *) buried[64];
static atomic_uint burials;

static bool is_alive(const probe *self) {
  return PROMISE(self != NULL, "a call has no instance") &&
         PROMISE(atomic_load(&self->state) == alive, "an instance is used after it was destroyed");
}

static ri_status keep(const ri_host *host, ri_call *call, const probe *parts, void **out) {
  probe *self = calloc(1, sizeof *self);
  if (!self) return host->fail(call, RI_NO_MEMORY, ri_text("no memory for an instance"));
  *self = *parts;
  atomic_store(&self->state, alive);
  host->tensor_retain(self->weight);
  host->tensor_retain(self->bias);
  host->layer_retain(self->inner);
  *out = self;
  return RI_OK;
}

static bool probe_build(const ri_build *build) {
  if (!PROMISE(build != NULL && build->struct_size >= RI_BUILD_SIZE_1_0, "ri_build is shorter than in version 1.0")) return false;
  if (!probe_call(build->host, build->call)) return false;
  bool is_kept = PROMISE(build->n_params == 2 && build->params != NULL, "another number of parameters is given than declared");
  is_kept = is_kept && PROMISE(build->params[0].type == RI_VALUE_INT && build->params[1].type == RI_VALUE_BOOL,
                               "a parameter has another type than declared");
  is_kept = is_kept && PROMISE(build->params[0].u.i64 >= 1, "a parameter is out of its range");
  is_kept &= PROMISE(build->n_layers <= 1, "more layers are nested than the type allows");
  is_kept &= PROMISE(build->n_layers == 0 || (build->layers && build->layers[0]), "a nested layer is NULL");
  return is_kept && probe_tensors(build->host, build->call) && probe_layers(build->host, build->call) &&
         probe_parallel(build->host, build->call);
}

static ri_status create(const ri_build *build, void *user, void **out) {
  (void)user;
  if (!probe_build(build)) return probe_verdict(build->host, build->call);
  const ri_host *host = build->host;
  probe parts = {.host = host, .size = build->params[0].u.i64};
  if (build->n_layers) parts.inner = build->layers[0];
  ri_status status = host->tensor_new(build->call, RI_F32, 1, &parts.size, NULL, &parts.weight);
  if (!status && build->params[1].u.i64)
    status = host->tensor_new(build->call, RI_F32, 1, &parts.size, NULL, &parts.bias);
  if (!status) status = keep(host, build->call, &parts, out);
  host->tensor_release(parts.weight);
  host->tensor_release(parts.bias);
  return status;
}

static void destroy(void *instance) {
  probe *self = instance;
  if (!is_alive(self)) return;
  atomic_store(&self->state, dead);
  self->host->tensor_release(self->weight);
  self->host->tensor_release(self->bias);
  self->host->layer_release(self->inner);
  free(atomic_exchange(&buried[atomic_fetch_add(&burials, 1) % 64], self));
}

static uint64_t child_count(const void *instance) {
  if (!is_alive(instance)) return 0;
  return ((const probe *)instance)->inner ? 3 : 2;
}

static ri_status child_at(const void *instance, uint64_t index, ri_child *out) {
  const probe *self = instance;
  if (!is_alive(self) || !PROMISE(out && out->struct_size >= RI_CHILD_SIZE_1_0, "ri_child is shorter than in version 1.0"))
    return RI_INTERNAL;
  const uint32_t size = out->struct_size;
  const ri_child all[] = {
      {.struct_size = size, .kind = RI_CHILD_TENSOR, .role = RI_ROLE_SCALE, .name = RI_S("weight"), .tensor = self->weight},
      {.struct_size = size, .kind = RI_CHILD_TENSOR, .role = RI_ROLE_BIAS, .name = RI_S("bias"), .tensor = self->bias},
      {.struct_size = size, .kind = RI_CHILD_LAYER, .name = RI_S("inner"), .layer = self->inner},
  };
  if (index >= child_count(self)) return RI_INVALID;
  memcpy(out, &all[index], sizeof *out);
  return RI_OK;
}

static ri_status require_shape(const probe *self, ri_call *call, ri_tensor *tensor, const char *text) {
  ri_view view = {.struct_size = sizeof view};
  const ri_status status = self->host->tensor_view(call, tensor, &view);
  if (status || !probe_shape(view.rank, view.shape, view.count)) return status;
  return view.rank == 1 && view.shape[0] == self->size ? RI_OK : self->host->fail(call, RI_SHAPE, ri_text(text));
}

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  const probe *self = instance;
  if (!PROMISE(with && with->struct_size >= RI_REBUILD_SIZE_1_0, "ri_rebuild is shorter than in version 1.0") ||
      !probe_call(with->host, with->call) || !is_alive(self))
    return RI_INTERNAL;
  if (with->n_parts != child_count(self))
    return with->host->fail(with->call, RI_INVALID, ri_text("wrong number of parts: expected one for each child"));
  const ri_part *parts = with->parts;
  if (!parts[0].tensor || parts[1].layer || (self->inner && !parts[2].layer))
    return with->host->fail(with->call, RI_INVALID, ri_text("a part is missing, or of another kind than its child"));
  ri_status status = require_shape(self, with->call, parts[0].tensor, "'weight' has the wrong shape: expected [size]");
  if (!status && parts[1].tensor)
    status = require_shape(self, with->call, parts[1].tensor, "'bias' has the wrong shape: expected [size]");
  if (!status) status = probe_verdict(with->host, with->call);
  if (status) return status;
  probe next = {.host = self->host, .size = self->size, .weight = parts[0].tensor, .bias = parts[1].tensor};
  if (self->inner) next.inner = parts[2].layer;
  return keep(with->host, with->call, &next, out);
}

static bool probe_pass(const ri_forward *pass) {
  if (!PROMISE(pass && pass->struct_size >= RI_FORWARD_SIZE_1_0, "ri_forward is shorter than in version 1.0")) return false;
  if (!probe_call(pass->host, pass->call)) return false;
  return PROMISE(pass->n_inputs == 1 && pass->inputs && pass->inputs[0], "another number of inputs is given than declared") &&
         PROMISE(pass->n_outputs == 1, "another number of outputs is wanted than declared");
}

/* inner(x), one reference to it, and its view. */
static ri_status begin(const probe *self, const ri_forward *pass, bool is_inferring, ri_tensor **inner, ri_view *x) {
  if (!probe_pass(pass) || !is_alive(self)) return probe_verdict(pass->host, pass->call);
  const ri_host *host = pass->host;
  *x = (ri_view){.struct_size = sizeof *x};
  ri_status status = RI_OK;
  if (self->inner) status = host->layer_apply(pass->call, self->inner, pass->inputs, 1, inner, 1);
  else host->tensor_retain(*inner = pass->inputs[0]);
  if (!status) status = host->tensor_view(pass->call, *inner, x);
  if (!status) probe_view(x, is_inferring);
  if (!status) status = probe_verdict(host, pass->call);
  if (!status && (x->dtype != RI_F32 || x->rank == 0 || x->shape[x->rank - 1] != self->size))
    status = host->fail(pass->call, RI_SHAPE, ri_text("the input does not fit: expected f32 of shape [..., size]"));
  if (status) host->tensor_release(*inner), *inner = NULL;
  return status;
}

static ri_status read_floats(const ri_forward *pass, ri_tensor *tensor, const float **out) {
  ri_view view = {.struct_size = sizeof view};
  const ri_status status = tensor ? pass->host->tensor_view(pass->call, tensor, &view) : RI_OK;
  *out = view.data;
  if (status || !tensor || view.data) return status;
  return pass->host->fail(pass->call, RI_INVALID, ri_text("a parameter has no values yet"));
}

static ri_status compute(const probe *self, const ri_forward *pass, const ri_view *x) {
  const float *w = NULL, *b = NULL, *from = x->data;
  ri_view y = {.struct_size = sizeof y};
  ri_status status = read_floats(pass, self->weight, &w);
  if (!status) status = read_floats(pass, self->bias, &b);
  if (!status && x->count && !from) status = pass->host->fail(pass->call, RI_INVALID, ri_text("the input has no values"));
  if (!status) status = pass->host->output(pass->call, 0, RI_F32, x->rank, x->shape, &y);
  if (status) return status;
  PROMISE(y.count == x->count && (y.count == 0 || y.data), "output lends no memory of the shape");
  if (probe_breach()) return probe_verdict(pass->host, pass->call);
  for (uint64_t i = 0; i < y.count; i++) {
    const uint64_t j = i % (uint64_t)self->size;
    ((float *)y.data)[i] = from[i] * w[j] + (b ? b[j] : 0);
  }
  return RI_OK;
}

static ri_status forward(const void *instance, const ri_forward *pass) {
  ri_tensor *inner = NULL;
  ri_view x;
  ri_status status = begin(instance, pass, false, &inner, &x);
  if (status) return status;
  status = compute(instance, pass, &x);
  pass->host->tensor_release(inner);
  return status;
}

static ri_status infer(const void *instance, const ri_forward *pass) {
  ri_tensor *inner = NULL;
  ri_view x, y = {.struct_size = sizeof y};
  ri_status status = begin(instance, pass, true, &inner, &x);
  if (status) return status;
  status = pass->host->output(pass->call, 0, RI_F32, x.rank, x.shape, &y);
  if (!status) PROMISE(y.data == NULL, "output lends memory while shapes are inferred");
  pass->host->tensor_release(inner);
  return status ? status : probe_verdict(pass->host, pass->call);
}

static ri_status config(const void *instance, ri_value *out, uint64_t n) {
  const probe *self = instance;
  if (!is_alive(self) || !PROMISE(n == 2 && out, "config is asked for another number of values")) return RI_INTERNAL;
  out[0] = (ri_value){.type = RI_VALUE_INT, .u = {.i64 = self->size}};
  out[1] = (ri_value){.type = RI_VALUE_BOOL, .u = {.i64 = self->bias != NULL}};
  return RI_OK;
}

static const ri_param params[] = {
    RI_INT_PARAM_REQUIRED("size", 1, "elements of the last axis"),
    RI_BOOL_PARAM("bias", 1, "whether there is a bias"),
};

const ri_layer_type probe_layer = {
    .struct_size = sizeof(ri_layer_type),
    .name = RI_S("Probe"),
    .summary = RI_S("tests its host: y = inner(x) * weight + bias"),
    .reference = RI_S("none"),
    .version = 1,
    .min_inputs = 1,
    .max_inputs = 1,
    .n_outputs = 1,
    .max_layers = 1,
    .params = params,
    .n_params = sizeof params / sizeof *params,
    .create = create,
    .destroy = destroy,
    .child_count = child_count,
    .child_at = child_at,
    .rebuild = rebuild,
    .forward = forward,
    .infer = infer,
    .config = config,
};
