/* R0954: keeps the inner layer that it had, whatever it is given. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  const ri_status status = zoo_require_parts(instance, with);
  if (status) return status;
  zoo_layer parts = zoo_of_parts(instance, with);
  parts.inner = ((const zoo_layer *)instance)->inner;
  return zoo_keep(&parts, with->call, out);
}
ZOO_LAYER(.rebuild = rebuild)
