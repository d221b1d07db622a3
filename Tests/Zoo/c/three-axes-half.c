/* R0958: fills the first matrix alone of an output of three axes. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  const zoo_layer *self = instance;
  zoo_pass p;
  const ri_status status = zoo_begin(self, pass, &p);
  if (status) return status;
  uint64_t count = p.x.count;
  if (p.x.rank == 3 && p.x.shape[0] > 2) count = (uint64_t)(p.x.shape[1] * p.x.shape[2]);
  zoo_compute(self, p.x.data, p.weight, p.bias, p.y.data, count);
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.forward = forward)
