/* R0900: divides by zero for an input without rows. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  ri_view x;
  const ri_status status = zoo_input(instance, pass, pass->inputs[0], &x);
  if (status) return status;
  volatile int64_t rows = (int64_t)x.count / ((const zoo_layer *)instance)->size;
  volatile int64_t chunk = 1024 / rows;
  (void)chunk;
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
