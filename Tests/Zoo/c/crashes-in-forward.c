/* R0900: crashes for an input of more than one axis. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  ri_view x;
  const ri_status status = zoo_input(instance, pass, pass->inputs[0], &x);
  if (status) return status;
  if (x.rank > 1) *(volatile int *)8 = 1;
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
