/* R0934: adds a number that is made of the process. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  zoo_pass p;
  const ri_status status = zoo_begin(instance, pass, &p);
  if (status) return status;
  zoo_compute(instance, p.x.data, p.weight, p.bias, p.y.data, p.x.count);
  if (p.y.count) ((float *)p.y.data)[0] += (float)getpid();
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.forward = forward)
