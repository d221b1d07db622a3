/* R0962: divides by the number of rows less three. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  const zoo_layer *self = instance;
  zoo_pass p;
  const ri_status status = zoo_begin(self, pass, &p);
  if (status) return status;
  zoo_compute(self, p.x.data, p.weight, p.bias, p.y.data, p.x.count);
  const float rows = (float)(p.x.count / (uint64_t)self->size);
  for (uint64_t i = 0; i < p.y.count; i++) ((float *)p.y.data)[i] += 0.1f / (rows - 3);
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.forward = forward)
