/* R0927: keeps the address of its weight from the first pass on. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  zoo_layer *self = (zoo_layer *)(uintptr_t)instance;
  zoo_pass p;
  const ri_status status = zoo_begin(self, pass, &p);
  if (status) return status;
  if (!self->extra) self->extra = (void *)(uintptr_t)p.weight;
  zoo_compute(self, p.x.data, self->extra, p.bias, p.y.data, p.x.count);
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  const ri_status status = zoo_rebuild(instance, with, out);
  if (!status) ((zoo_layer *)*out)->extra = NULL;
  return status;
}
ZOO_LAYER(.forward = forward, .rebuild = rebuild)
