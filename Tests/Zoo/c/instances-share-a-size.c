/* R0921: takes the factor of the instance that was made last. */
#include "layer.h"

static float factor = 1;
static ri_status create(const ri_build *build, void *user, void **out) {
  factor = 1 + (float)build->params[0].u.i64 / 64;
  return zoo_create(build, user, out);
}
static ri_status forward(const void *instance, const ri_forward *pass) {
  zoo_pass p;
  const ri_status status = zoo_begin(instance, pass, &p);
  if (status) return status;
  zoo_compute(instance, p.x.data, p.weight, p.bias, p.y.data, p.x.count);
  for (uint64_t i = 0; i < p.y.count; i++) ((float *)p.y.data)[i] *= factor;
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.create = create, .forward = forward)
