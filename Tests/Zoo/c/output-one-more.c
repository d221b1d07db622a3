/* R0927: writes one element behind its output. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  const zoo_layer *self = instance;
  zoo_pass p;
  const ri_status status = zoo_begin(self, pass, &p);
  if (status) return status;
  zoo_compute(self, p.x.data, p.weight, p.bias, p.y.data, p.x.count);
  ((float *)p.y.data)[p.y.count] = 0;
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.forward = forward)
