/* R0956: does not look at parts behind the last child's. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  ri_rebuild first = *with;
  const uint64_t count = zoo_child_count(instance);
  if (first.n_parts > count) first.n_parts = count;
  return zoo_rebuild(instance, &first, out);
}
ZOO_LAYER(.rebuild = rebuild)
