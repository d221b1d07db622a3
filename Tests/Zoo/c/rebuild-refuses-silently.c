/* R0919: refuses parts without a reason. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  if (with->n_parts != zoo_child_count(instance)) return RI_INVALID;
  return zoo_rebuild(instance, with, out);
}
ZOO_LAYER(.rebuild = rebuild)
