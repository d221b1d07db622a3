/* R0953: confuses weight and bias in rebuild. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  const ri_status status = zoo_require_parts(instance, with);
  if (status) return status;
  zoo_layer parts = zoo_of_parts(instance, with);
  if (parts.bias) parts.weight = with->parts[1].tensor, parts.bias = with->parts[0].tensor;
  return zoo_keep(&parts, with->call, out);
}
ZOO_LAYER(.rebuild = rebuild)
