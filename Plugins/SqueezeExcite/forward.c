/* The forward pass: y = x * gate(fc2(activation(fc1(mean of each plane)))).
 *
 * Inference of shapes takes the same way, with tensors that have no elements. `squeezed` in the functions
 * below is a tensor that the caller owns; a step puts its result there and releases what it was.
 */
#include "squeeze_excite.h"

typedef struct run {
  const squeeze_excite *self;
  const ri_forward *pass;
  ri_view x;
  int inferring;
} run;

static uint64_t plane_of(const run *r) { return (uint64_t)r->x.shape[2] * (uint64_t)r->x.shape[3]; }
static uint64_t planes_of(const run *r) { return (uint64_t)r->x.shape[0] * (uint64_t)r->x.shape[1]; }

/* Planes for one piece of parallel work: enough elements to be worth a thread. */
static uint64_t grain_of(const run *r) { return 1 + 32768 / (1 + plane_of(r)); }

/* A tensor's elements: float32, and there unless shapes are inferred. */
static ri_status look(const run *r, const char *what, ri_tensor *tensor, ri_view *out) {
  *out = (ri_view){.struct_size = sizeof *out};
  const ri_status status = r->pass->host->tensor_view(r->pass->call, tensor, out);
  if (status) return status;
  if (out->dtype != RI_F32)
    return se_fail(r->pass->host, r->pass->call, RI_DTYPE,
                   "%s has the wrong type: expected %d (f32), found %u", what, RI_F32, out->dtype);
  if (!r->inferring && !out->data && out->count)
    return se_fail(r->pass->host, r->pass->call, RI_INVALID, "%s has no values yet", what);
  return RI_OK;
}

static ri_status check_input(run *r) {
  const ri_status status = look(r, "the input", r->pass->inputs[0], &r->x);
  if (status) return status;
  const ri_host *host = r->pass->host;
  if (r->x.rank != 4)
    return se_fail(host, r->pass->call, RI_SHAPE,
                   "the input has the wrong number of axes: expected 4, found %u", r->x.rank);
  if (r->x.shape[1] != r->self->channels)
    return se_fail(host, r->pass->call, RI_SHAPE,
                   "the input has the wrong channels: expected %lld, found %lld",
                   (long long)r->self->channels, (long long)r->x.shape[1]);
  if (plane_of(r) == 0)
    return se_fail(host, r->pass->call, RI_SHAPE, "the input's planes are empty: they have no mean");
  return RI_OK;
}

static void replace(const run *r, ri_tensor **squeezed, ri_tensor *by) {
  if (*squeezed) r->pass->host->tensor_release(*squeezed);
  *squeezed = by;
}

/* Memory until the call ends; never of size 0, since NULL means that there is none. */
static float *room_for(const run *r, uint64_t count) {
  return r->pass->host->scratch(r->pass->call, (count + 1) * sizeof(float), 64);
}

/* ---- Squeeze ---- */

typedef struct means {
  const run *run;
  float *out;
} means;

static ri_status mean_planes(uint64_t first, uint64_t end, void *arg) {
  const means *m = arg;
  const uint64_t plane = plane_of(m->run);
  for (uint64_t p = first; p < end; p++) {
    const float *x = (const float *)m->run->x.data + p * plane;
    double sum = 0;
    for (uint64_t i = 0; i < plane; i++) sum += x[i];
    m->out[p] = (float)(sum / (double)plane);
  }
  return RI_OK;
}

static ri_status squeeze(const run *r, ri_tensor **squeezed) {
  const ri_host *host = r->pass->host;
  const int64_t shape[4] = {r->x.shape[0], r->x.shape[1], 1, 1};
  means m = {r, NULL};
  if (!r->inferring) {
    m.out = room_for(r, planes_of(r));
    if (!m.out) return se_fail(host, r->pass->call, RI_NO_MEMORY, "no memory for the means");
    const ri_status status = host->parallel(r->pass->call, planes_of(r), grain_of(r), mean_planes, &m);
    if (status) return status;
  }
  return host->tensor_new(r->pass->call, RI_F32, 4, shape, m.out, squeezed);
}

/* ---- Excitation ---- */

static ri_status apply(const run *r, ri_layer *layer, ri_tensor **squeezed) {
  ri_tensor *result = NULL;
  const ri_status status = r->pass->host->layer_apply(r->pass->call, layer, squeezed, 1, &result, 1);
  if (status) return status;
  replace(r, squeezed, result);
  return RI_OK;
}

static ri_status activate(const run *r, ri_tensor **squeezed) {
  const ri_host *host = r->pass->host;
  ri_view v;
  ri_status status = look(r, "what fc1 gives", *squeezed, &v);
  if (status || r->inferring) return status;
  float *values = room_for(r, v.count);
  if (!values) return se_fail(host, r->pass->call, RI_NO_MEMORY, "no memory for what fc1 gives");
  se_activate(r->self->activation, v.data, values, v.count);
  ri_tensor *result = NULL;
  status = host->tensor_new(r->pass->call, RI_F32, v.rank, v.shape, values, &result);
  if (status) return status;
  replace(r, squeezed, result);
  return RI_OK;
}

/* ---- Scale ---- */

typedef struct scaling {
  const run *run;
  const float *gates;
  float *out;
} scaling;

static ri_status scale_planes(uint64_t first, uint64_t end, void *arg) {
  const scaling *s = arg;
  const uint64_t plane = plane_of(s->run);
  for (uint64_t p = first; p < end; p++) {
    const float *x = (const float *)s->run->x.data + p * plane;
    float *y = s->out + p * plane;
    for (uint64_t i = 0; i < plane; i++) y[i] = x[i] * s->gates[p];
  }
  return RI_OK;
}

/* Refuses what is not one number for each plane. */
static ri_status check_gates(const run *r, const ri_view *v) {
  const int64_t wanted[4] = {r->x.shape[0], r->x.shape[1], 1, 1};
  if (v->rank == 4 && memcmp(v->shape, wanted, sizeof wanted) == 0) return RI_OK;
  return se_fail(r->pass->host, r->pass->call, RI_SHAPE,
                 "fc2 gives a tensor of the wrong shape: expected [%lld, %lld, 1, 1]", (long long)wanted[0],
                 (long long)wanted[1]);
}

static ri_status scale(const run *r, ri_tensor *squeezed) {
  const ri_host *host = r->pass->host;
  ri_view v, y = {.struct_size = sizeof y};
  ri_status status = look(r, "what fc2 gives", squeezed, &v);
  if (!status) status = check_gates(r, &v);
  if (!status) status = host->output(r->pass->call, 0, RI_F32, 4, r->x.shape, &y);
  if (status || r->inferring) return status;
  float *gates = room_for(r, v.count);
  if (!gates) return se_fail(host, r->pass->call, RI_NO_MEMORY, "no memory for the gates");
  se_gate(r->self->gate, v.data, gates, v.count);
  scaling s = {r, gates, y.data};
  return host->parallel(r->pass->call, planes_of(r), grain_of(r), scale_planes, &s);
}

static ri_status walk(run *r) {
  ri_tensor *squeezed = NULL;
  ri_status status = check_input(r);
  if (!status) status = squeeze(r, &squeezed);
  if (!status) status = apply(r, r->self->fc1, &squeezed);
  if (!status) status = activate(r, &squeezed);
  if (!status) status = apply(r, r->self->fc2, &squeezed);
  if (!status) status = scale(r, squeezed);
  replace(r, &squeezed, NULL);
  return status;
}

ri_status se_forward(const void *instance, const ri_forward *pass) {
  run r = {.self = instance, .pass = pass, .inferring = 0};
  return walk(&r);
}

ri_status se_infer(const void *instance, const ri_forward *pass) {
  run r = {.self = instance, .pass = pass, .inferring = 1};
  return walk(&r);
}
