/* R0953: loses its bias in rebuild. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  const ri_status status = zoo_require_parts(instance, with);
  if (status) return status;
  zoo_layer parts = zoo_of_parts(instance, with);
  parts.bias = NULL;
  return zoo_keep(&parts, with->call, out);
}
ZOO_LAYER(.rebuild = rebuild)
