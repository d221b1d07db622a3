/* R0927: reads one element behind its input. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  const zoo_layer *self = instance;
  zoo_pass p;
  const ri_status status = zoo_begin(self, pass, &p);
  if (status) return status;
  float *y = p.y.data;
  zoo_compute(self, p.x.data, p.weight, p.bias, y, p.x.count);
  const volatile float *x = p.x.data;
  for (uint64_t i = 0; i < p.x.count; i++) y[i] += 0 * fminf(fmaxf(x[i + 1], 0), 1);
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.forward = forward)
