/* R0915: does not look whether it has got an output. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  const zoo_layer *self = instance;
  ri_view x, y = {.struct_size = sizeof y};
  const float *weight, *bias;
  ri_tensor *inner;
  ri_status status = zoo_input(self, pass, pass->inputs[0], &x);
  if (!status) status = zoo_inner(self, pass, &inner);
  if (status) return status;
  status = zoo_input(self, pass, inner, &x);
  if (!status) status = zoo_read(pass, self->weight, &weight);
  if (!status) status = zoo_read(pass, self->bias, &bias);
  if (!status) {
    pass->host->output(pass->call, 0, RI_F32, x.rank, x.shape, &y);
    zoo_compute(self, x.data, weight, bias, y.data, x.count);
  }
  pass->host->tensor_release(inner);
  return status;
}
ZOO_LAYER(.forward = forward)
