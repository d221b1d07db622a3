/* R0957: refuses every input. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  (void)instance;
  return zoo_refuse(pass->host, pass->call, RI_SHAPE, "the input must have nine axes: expected rank 9");
}
ZOO_LAYER(.forward = forward, .infer = NULL)
