/* R0967: does not look at the type of a new weight. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  const zoo_layer *self = instance;
  ri_rebuild other = *with;
  ri_part parts[3];
  if (with->n_parts != zoo_child_count(self) || !with->parts[0].tensor) return zoo_rebuild(instance, with, out);
  ri_view view = {.struct_size = sizeof view};
  ri_status status = with->host->tensor_view(with->call, with->parts[0].tensor, &view);
  if (status || view.dtype != RI_F64 || view.rank != 1 || view.shape[0] != self->size)
    return status ? status : zoo_rebuild(instance, with, out);
  memcpy(parts, with->parts, with->n_parts * sizeof *parts);
  parts[0].tensor = self->weight;
  other.parts = parts;
  status = zoo_rebuild(instance, &other, out);
  if (status) return status;
  zoo_layer *new = *out;
  with->host->tensor_retain(with->parts[0].tensor);
  with->host->tensor_release(new->weight);
  new->weight = with->parts[0].tensor;
  return RI_OK;
}
ZOO_LAYER(.rebuild = rebuild)
