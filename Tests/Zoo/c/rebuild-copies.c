/* R0954: copies the weight that it is given, so that ties separate. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  ri_view view = {.struct_size = sizeof view};
  ri_status status = zoo_require_parts(instance, with);
  if (!status) status = with->host->tensor_view(with->call, with->parts[0].tensor, &view);
  if (status) return status;
  zoo_layer parts = zoo_of_parts(instance, with);
  status = with->host->tensor_new(with->call, view.dtype, view.rank, view.shape, view.data, &parts.weight);
  if (!status) status = zoo_keep(&parts, with->call, out), with->host->tensor_release(parts.weight);
  return status;
}
ZOO_LAYER(.rebuild = rebuild)
