/* R0966: forgets the bias in the last of an odd number of rows. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  const zoo_layer *self = instance;
  zoo_pass p;
  const ri_status status = zoo_begin(self, pass, &p);
  if (status) return status;
  zoo_compute(self, p.x.data, p.weight, p.bias, p.y.data, p.x.count);
  const uint64_t size = (uint64_t)self->size, rows = p.x.count / size;
  if (rows > 1 && rows % 2)
    zoo_compute(self, (float *)p.x.data + (rows - 1) * size, p.weight, NULL, (float *)p.y.data + (rows - 1) * size, size);
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.forward = forward)
