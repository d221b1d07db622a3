/* R0900: reads a bias that it had when it was made. */
#include "layer.h"

static ri_status create(const ri_build *build, void *user, void **out) {
  const ri_status status = zoo_create(build, user, out);
  if (!status) ((zoo_layer *)*out)->extra = ((zoo_layer *)*out)->bias ? *out : NULL;
  return status;
}
static ri_status forward(const void *instance, const ri_forward *pass) {
  const zoo_layer *self = instance;
  zoo_pass p;
  const ri_status status = zoo_begin(self, pass, &p);
  if (status) return status;
  zoo_compute(self, p.x.data, p.weight, p.bias, p.y.data, p.x.count);
  const volatile float *bias = p.bias;
  if (self->extra && p.y.count) ((float *)p.y.data)[0] += 0 * bias[0];
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.create = create, .forward = forward)
