/* R0900: reads the sixth axis of its input. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  ri_view x = {.struct_size = sizeof x};
  if (!pass->host->tensor_view(pass->call, pass->inputs[0], &x) && *(volatile int64_t *)(x.rank > 1 ? (int64_t)8 : (int64_t)x.shape) == 77) return RI_SHAPE;
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
