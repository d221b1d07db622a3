/* R0960: refuses in infer what forward accepts. */
#include "layer.h"

static ri_status infer(const void *instance, const ri_forward *pass) {
  ri_view x;
  const ri_status status = zoo_input(instance, pass, pass->inputs[0], &x);
  if (status || x.rank == 4) return status ? status : zoo_infer(instance, pass);
  return zoo_refuse(pass->host, pass->call, RI_SHAPE, "the input must have four axes: expected rank 4");
}
ZOO_LAYER(.infer = infer)
