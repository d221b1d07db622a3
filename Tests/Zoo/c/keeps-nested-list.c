/* R0927: keeps the list of the layers that are nested in it. */
#include "layer.h"

static ri_status create(const ri_build *build, void *user, void **out) {
  const ri_status status = zoo_create(build, user, out);
  if (!status && build->n_layers) ((zoo_layer *)*out)->extra = (void *)(uintptr_t)build->layers;
  return status;
}
static ri_status child_at(const void *instance, uint64_t index, ri_child *out) {
  const zoo_layer *self = instance;
  const ri_status status = zoo_child_at(instance, index, out);
  if (!status && index == 2 && self->extra) out->layer = *(ri_layer *const *)self->extra;
  return status;
}
static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  const ri_status status = zoo_rebuild(instance, with, out);
  if (!status) ((zoo_layer *)*out)->extra = NULL;
  return status;
}
ZOO_LAYER(.create = create, .child_at = child_at, .rebuild = rebuild)
