/* R0920: counts elements over all bodies of parallel. */
#include "layer.h"

typedef struct job { const zoo_layer *self; zoo_pass *p; uint64_t count; } job;
static ri_status body(uint64_t first, uint64_t end, void *argument) {
  job *j = argument;
  const float *x = j->p->x.data, *b = j->p->bias;
  for (uint64_t i = first; i < end; i++) {
    const uint64_t k = i % (uint64_t)j->self->size;
    ((float *)j->p->y.data)[i] = x[i] * j->p->weight[k] + (b ? b[k] : 0) + 1e-3f * (float)(j->count++ - i);
  }
  return RI_OK;
}
static ri_status forward(const void *instance, const ri_forward *pass) {
  zoo_pass p;
  const ri_status status = zoo_begin(instance, pass, &p);
  if (status) return status;
  job j = {instance, &p, 0};
  const ri_status done = pass->host->parallel(pass->call, p.x.count, 4, body, &j);
  pass->host->tensor_release(p.inner);
  return done;
}
ZOO_LAYER(.forward = forward)
