/* R0956: keeps its old weight where none is given. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  if (with->n_parts != zoo_child_count(instance) || with->parts[0].tensor) return zoo_rebuild(instance, with, out);
  return zoo_keep(instance, with->call, out);
}
ZOO_LAYER(.rebuild = rebuild)
