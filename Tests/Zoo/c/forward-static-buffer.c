/* R0920: computes in a buffer that all threads share. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  const zoo_layer *self = instance;
  zoo_pass p;
  const ri_status status = zoo_begin(self, pass, &p);
  if (status) return status;
  static float values[1 << 16];
  const uint64_t count = p.x.count < (1 << 16) ? p.x.count : 1 << 16;
  zoo_compute(self, p.x.data, p.weight, p.bias, values, count);
  usleep(50);
  memcpy(p.y.data, values, count * 4);
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.forward = forward)
