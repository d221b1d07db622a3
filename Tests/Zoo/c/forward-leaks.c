/* R0923: does not release what its inner layer gives. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  zoo_pass p;
  const ri_status status = zoo_begin(instance, pass, &p);
  if (status) return status;
  zoo_compute(instance, p.x.data, p.weight, p.bias, p.y.data, p.x.count);
  return RI_OK;
}
ZOO_LAYER(.forward = forward)
