/* R0959: adds to its input. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  const zoo_layer *self = instance;
  ri_view x = {.struct_size = sizeof x};
  const float *weight, *bias;
  ri_status status = zoo_input(self, pass, pass->inputs[0], &x);
  if (!status) status = zoo_read(pass, self->weight, &weight);
  if (!status) status = zoo_read(pass, self->bias, &bias);
  if (status || self->inner) return status ? status : zoo_forward(self, pass);
  float *data = x.data;
  ri_status done = zoo_forward(self, pass);
  if (x.count) data[0] += 1;
  return done;
}
ZOO_LAYER(.forward = forward)
