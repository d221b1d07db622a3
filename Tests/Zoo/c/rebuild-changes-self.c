/* R0955: takes the new bias into the old instance as well. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  zoo_layer *self = (zoo_layer *)instance;
  const ri_status status = zoo_rebuild(instance, with, out);
  if (status) return status;
  with->host->tensor_retain(with->parts[1].tensor);
  with->host->tensor_release(self->bias);
  self->bias = with->parts[1].tensor;
  return RI_OK;
}
ZOO_LAYER(.rebuild = rebuild)
