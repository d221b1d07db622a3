/* R0956: does not look at the shapes of parts. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  if (with->n_parts != zoo_child_count(instance) || !with->parts[0].tensor) return zoo_rebuild(instance, with, out);
  const zoo_layer *self = instance;
  if (self->inner && !with->parts[2].layer) return zoo_rebuild(instance, with, out);
  const zoo_layer parts = zoo_of_parts(self, with);
  return zoo_keep(&parts, with->call, out);
}
ZOO_LAYER(.rebuild = rebuild)
