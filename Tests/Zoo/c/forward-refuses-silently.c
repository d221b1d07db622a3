/* R0919: refuses inputs without a reason. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  ri_view x = {.struct_size = sizeof x};
  const ri_status status = pass->host->tensor_view(pass->call, pass->inputs[0], &x);
  if (status) return status;
  if (!x.rank || x.shape[x.rank - 1] != ((const zoo_layer *)instance)->size) return RI_SHAPE;
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
