/* R0959: computes in its input, and gives that as its output. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  const ri_host *host = pass->host;
  const zoo_layer *self = instance;
  ri_view x;
  const float *weight, *bias;
  ri_tensor *inner = NULL;
  ri_status status = zoo_input(self, pass, pass->inputs[0], &x);
  if (!status) status = zoo_inner(self, pass, &inner);
  if (!status) status = zoo_input(self, pass, inner, &x);
  if (!status) status = zoo_read(pass, self->weight, &weight);
  if (!status) status = zoo_read(pass, self->bias, &bias);
  if (!status) zoo_compute(self, x.data, weight, bias, x.data, x.count);
  if (!status) status = host->set_output(pass->call, 0, inner);
  host->tensor_release(inner);
  return status;
}
ZOO_LAYER(.forward = forward)
