/* R0960: accepts in infer what forward refuses. */
#include "layer.h"

static ri_status infer(const void *instance, const ri_forward *pass) {
  const zoo_layer *self = instance;
  if (self->inner) return zoo_infer(self, pass);
  ri_view x = {.struct_size = sizeof x}, y = {.struct_size = sizeof y};
  const ri_status status = pass->host->tensor_view(pass->call, pass->inputs[0], &x);
  return status ? status : pass->host->output(pass->call, 0, RI_F32, x.rank, x.shape, &y);
}
ZOO_LAYER(.infer = infer)
