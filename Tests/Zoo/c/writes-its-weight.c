/* R0959: clips its weight where it lies. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  const zoo_layer *self = instance;
  const float *weight;
  const ri_status status = zoo_read(pass, self->weight, &weight);
  if (status) return status;
  for (int64_t i = 0; i < self->size; i++) ((float *)weight)[i] = fminf(weight[i], 1);
  return zoo_forward(self, pass);
}
ZOO_LAYER(.forward = forward)
