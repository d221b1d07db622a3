/* R0967: takes double precision for single. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  const zoo_layer *self = instance;
  const ri_host *host = pass->host;
  ri_view x = {.struct_size = sizeof x}, y = {.struct_size = sizeof y};
  const float *weight = NULL, *bias = NULL;
  ri_status status = host->tensor_view(pass->call, pass->inputs[0], &x);
  if (status || x.dtype != RI_F64 || self->inner || x.rank < 1 || x.shape[x.rank - 1] != self->size)
    return status ? status : zoo_forward(instance, pass);
  if (x.count && !x.data) return zoo_refuse(host, pass->call, RI_INVALID, "the input has no values");
  if (!status) status = zoo_read(pass, self->weight, &weight);
  if (!status) status = zoo_read(pass, self->bias, &bias);
  if (!status) status = host->output(pass->call, 0, RI_F32, x.rank, x.shape, &y);
  if (!status) zoo_compute(self, x.data, weight, bias, y.data, y.count);
  return status;
}
ZOO_LAYER(.forward = forward)
