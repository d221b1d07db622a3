/* A layer that looks at the order of calls, at what it is given, and at what comes back. */
#include "probe.h"

#include <stdlib.h>

enum { alive = 0x50524F42, dead = 0x44454144 };

typedef struct probe {
  atomic_uint state;
  const ri_host *host;
  int64_t size;
  ri_tensor *weight, *bias;
  ri_layer *inner;
  bool needs_threads;
  int64_t patience;
  char elements[8]; /* of its inputs: a word of `types`, or another one for any */
  uint32_t n_elements;
} probe;

static const struct { const char *word; ri_dtype dtype; } types[] = {
    {"f32", RI_F32}, {"f64", RI_F64}, {"f16", RI_F16}, {"bf16", RI_BF16}, {"i64", RI_I64}, {"u8", RI_U8}, {"bool", RI_BOOL8},
};

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
  bool is_kept = PROMISE(build->n_params == 5 && build->params != NULL, "another number of parameters is given than declared");
  is_kept = is_kept && PROMISE(build->params[0].type == RI_VALUE_INT && build->params[1].type == RI_VALUE_BOOL,
                               "a parameter has another type than declared");
  is_kept = is_kept && PROMISE(build->params[0].u.i64 >= 1, "a parameter is out of its range");
  is_kept = is_kept && PROMISE(build->params[2].type == RI_VALUE_WORD && build->params[3].type == RI_VALUE_WORD &&
                                   build->params[4].type == RI_VALUE_INT,
                               "a parameter has another type than declared");
  is_kept &= PROMISE(build->n_layers <= 1, "more layers are nested than the type allows");
  is_kept &= PROMISE(build->n_layers == 0 || (build->layers && build->layers[0]), "a nested layer is NULL");
  return is_kept && probe_tensors(build->host, build->call) && probe_layers(build->host, build->call) &&
         probe_statuses(build->host, build->call) && probe_parallel(build->host, build->call);
}

static ri_status create(const ri_build *build, void *user, void **out) {
  (void)user;
  if (!probe_build(build)) return probe_verdict(build->host, build->call);
  const ri_host *host = build->host;
  probe parts = {.host = host, .size = build->params[0].u.i64, .needs_threads = probe_is(&build->params[2], "two_threads"),
                 .patience = build->params[4].u.i64};
  const ri_value *elements = &build->params[3];
  if (elements->count > sizeof parts.elements) return host->fail(build->call, RI_INVALID, ri_text("no type has so long a name"));
  memcpy(parts.elements, elements->u.word, parts.n_elements = elements->count);
  if (parts.needs_threads && !probe_threads(host, build->call, parts.patience)) return probe_verdict(host, build->call);
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
  return view.dtype == RI_F32 && view.rank == 1 && view.shape[0] == self->size ? RI_OK : self->host->fail(call, RI_SHAPE, ri_text(text));
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
  if (self->needs_threads && !probe_threads(with->host, with->call, self->patience)) return probe_verdict(with->host, with->call);
  ri_status status = require_shape(self, with->call, parts[0].tensor, "'weight' has the wrong shape: expected [size]");
  if (!status && parts[1].tensor)
    status = require_shape(self, with->call, parts[1].tensor, "'bias' has the wrong shape: expected [size]");
  if (!status) status = probe_verdict(with->host, with->call);
  if (status) return status;
  probe next = *self;
  next.weight = parts[0].tensor, next.bias = parts[1].tensor;
  if (self->inner) next.inner = parts[2].layer;
  return keep(with->host, with->call, &next, out);
}

static bool probe_pass(const ri_forward *pass) {
  if (!PROMISE(pass && pass->struct_size >= RI_FORWARD_SIZE_1_0, "ri_forward is shorter than in version 1.0")) return false;
  if (!probe_call(pass->host, pass->call)) return false;
  return PROMISE(pass->n_inputs == 1 && pass->inputs && pass->inputs[0], "another number of inputs is given than declared") &&
         PROMISE(pass->n_outputs == 1, "another number of outputs is wanted than declared");
}

/* Two threads apply the nested layer at once. */
struct applying {
  const probe *self;
  const ri_forward *pass;
  ri_tensor *results[2];
};

static ri_status apply_there(uint64_t first, uint64_t end, void *argument) {
  struct applying *applying = argument;
  const ri_forward *pass = applying->pass;
  ri_status status = RI_OK;
  for (uint64_t i = first; i < end && !status; i++)
    status = pass->host->layer_apply(pass->call, applying->self->inner, pass->inputs, 1, &applying->results[i], 1);
  return status;
}

static ri_status apply_inner(const probe *self, const ri_forward *pass, ri_tensor **inner) {
  const ri_host *host = pass->host;
  if (!self->inner) return host->tensor_retain(*inner = pass->inputs[0]), RI_OK;
  if (!self->needs_threads) return host->layer_apply(pass->call, self->inner, pass->inputs, 1, inner, 1);
  struct applying applying = {.self = self, .pass = pass};
  const ri_status status = host->parallel(pass->call, 2, 1, apply_there, &applying);
  host->tensor_release(applying.results[1]);
  return *inner = applying.results[0], status;
}

/* Whether other types than f32 are expected, and are then handed through as they are. */
static bool expects_types(const probe *self) {
  for (uint64_t i = 0; i < sizeof types / sizeof *types; i++)
    if (strlen(types[i].word) == self->n_elements && !memcmp(types[i].word, self->elements, self->n_elements)) return true;
  return false;
}

/* What an input and a nested layer's output are made of, as far as that is known. */
static void probe_type(const probe *self, ri_dtype dtype, bool is_inferring) {
  for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
    if (strlen(types[i].word) != self->n_elements || memcmp(types[i].word, self->elements, self->n_elements)) continue;
    if (is_inferring) PROMISE(dtype == types[i].dtype, "infer is told of another type of elements than there is");
    else PROMISE(dtype == types[i].dtype, "forward is given another type of elements than there is");
  }
}

/* inner(x), one reference to it, and its view. */
static ri_status begin(const probe *self, const ri_forward *pass, bool is_inferring, ri_tensor **inner, ri_view *x) {
  if (!probe_pass(pass) || !is_alive(self)) return probe_verdict(pass->host, pass->call);
  const ri_host *host = pass->host;
  *x = (ri_view){.struct_size = sizeof *x};
  if (self->needs_threads) probe_threads(host, pass->call, self->patience);
  ri_status status = apply_inner(self, pass, inner);
  if (!status) status = host->tensor_view(pass->call, *inner, x);
  if (!status && probe_view(x, is_inferring)) probe_type(self, x->dtype, is_inferring);
  if (!status) status = probe_verdict(host, pass->call);
  if (!status && x->dtype != RI_F32 && expects_types(self)) return RI_OK;
  if (!status && x->dtype != RI_F32) status = host->fail(pass->call, RI_DTYPE, ri_text("the input is not of f32"));
  if (!status && (x->rank == 0 || x->shape[x->rank - 1] != self->size))
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
  if (!probe_output_statuses(pass->host, pass->call)) status = probe_verdict(pass->host, pass->call);
  else if (x.dtype == RI_F32) status = compute(instance, pass, &x);
  else status = pass->host->set_output(pass->call, 0, inner);
  pass->host->tensor_release(inner);
  return status;
}

static ri_status infer(const void *instance, const ri_forward *pass) {
  ri_tensor *inner = NULL;
  ri_view x, y = {.struct_size = sizeof y};
  ri_status status = begin(instance, pass, true, &inner, &x);
  if (status) return status;
  status = pass->host->output(pass->call, 0, x.dtype, x.rank, x.shape, &y);
  if (!status) PROMISE(y.data == NULL, "output lends memory while shapes are inferred");
  pass->host->tensor_release(inner);
  return status ? status : probe_verdict(pass->host, pass->call);
}

static ri_status config(const void *instance, ri_value *out, uint64_t n) {
  const probe *self = instance;
  if (!is_alive(self) || !PROMISE(n == 5 && out, "config is asked for another number of values")) return RI_INTERNAL;
  out[0] = (ri_value){.type = RI_VALUE_INT, .u = {.i64 = self->size}};
  out[1] = (ri_value){.type = RI_VALUE_BOOL, .u = {.i64 = self->bias != NULL}};
  out[2] = (ri_value){.type = RI_VALUE_WORD, .count = self->needs_threads ? 11 : 7,
                      .u = {.word = self->needs_threads ? "two_threads" : "nothing"}};
  out[3] = (ri_value){.type = RI_VALUE_WORD, .count = self->n_elements, .u = {.word = self->elements}};
  out[4] = (ri_value){.type = RI_VALUE_INT, .u = {.i64 = self->patience}};
  return RI_OK;
}

static const ri_param params[] = {
    RI_INT_PARAM_REQUIRED("size", 1, "elements of the last axis"),
    RI_BOOL_PARAM("bias", 1, "whether there is a bias"),
    {RI_PARAM_HEAD(RI_PARAM_MAY_HAVE_NO_EFFECT, "act", "two_threads: what is looked at besides"),
     .default_value = {.type = RI_VALUE_WORD, .count = 7, .u = {.word = "nothing"}}},
    {RI_PARAM_HEAD(RI_PARAM_MAY_HAVE_NO_EFFECT, "elements", "what its inputs are made of, where that is to be looked at: f32"),
     .default_value = {.type = RI_VALUE_WORD, .count = 3, .u = {.word = "any"}}},
    PROBE_PATIENCE,
};

/* The same functions, of which no two may be called at once. */
static probe_gate gate = {0, "host: an exclusive layer is called while it is called"};

#define EXCLUSIVE(result, call) \
  probe_enter(&gate);           \
  const result value = (call);  \
  probe_leave(&gate);           \
  return value

static ri_status exclusive_create(const ri_build *build, void *user, void **out) { EXCLUSIVE(ri_status, create(build, user, out)); }
static void exclusive_destroy(void *self) { probe_enter(&gate), destroy(self), probe_leave(&gate); }
static uint64_t exclusive_child_count(const void *self) { EXCLUSIVE(uint64_t, child_count(self)); }
static ri_status exclusive_child_at(const void *self, uint64_t i, ri_child *out) { EXCLUSIVE(ri_status, child_at(self, i, out)); }
static ri_status exclusive_rebuild(const void *self, const ri_rebuild *with, void **out) { EXCLUSIVE(ri_status, rebuild(self, with, out)); }
static ri_status exclusive_forward(const void *self, const ri_forward *pass) { EXCLUSIVE(ri_status, forward(self, pass)); }
static ri_status exclusive_infer(const void *self, const ri_forward *pass) { EXCLUSIVE(ri_status, infer(self, pass)); }
static ri_status exclusive_config(const void *self, ri_value *out, uint64_t n) { EXCLUSIVE(ri_status, config(self, out, n)); }

#define PROBE(name_, flags_, prefix)                                                                                         \
  {.struct_size = sizeof(ri_layer_type), .flags = (flags_), .name = RI_S(name_), .reference = RI_S("none"), .version = 1,     \
   .summary = RI_S("tests its host: y = inner(x) * weight + bias"), .min_inputs = 1, .max_inputs = 1, .n_outputs = 1,         \
   .max_layers = 1, .params = params, .n_params = sizeof params / sizeof *params, .create = prefix##create,                  \
   .destroy = prefix##destroy, .child_count = prefix##child_count, .child_at = prefix##child_at,                             \
   .rebuild = prefix##rebuild, .forward = prefix##forward, .infer = prefix##infer, .config = prefix##config}

const ri_layer_type probe_layer = PROBE("Probe", 0, );
const ri_layer_type probe_exclusive_layer = PROBE("ProbeExclusive", RI_LAYER_EXCLUSIVE, exclusive_);
