/* R0927: writes to the output of the last pass. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  static _Thread_local float *last;
  const zoo_layer *self = instance;
  zoo_pass p;
  const ri_status status = zoo_begin(self, pass, &p);
  if (status) return status;
  if (last) *last = 0;
  zoo_compute(self, p.x.data, p.weight, p.bias, p.y.data, p.x.count);
  last = p.y.count ? p.y.data : NULL;
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.forward = forward)
