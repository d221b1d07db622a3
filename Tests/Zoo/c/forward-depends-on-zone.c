/* R0934: depends on a variable of the environment. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  zoo_pass p;
  const ri_status status = zoo_begin(instance, pass, &p);
  if (status) return status;
  zoo_compute(instance, p.x.data, p.weight, p.bias, p.y.data, p.x.count);
  const char *zone = getenv("TZ");
  if (p.y.count && zone) ((float *)p.y.data)[0] += (float)strlen(zone);
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.forward = forward)
