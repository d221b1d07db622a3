/* R0369: has a child whose name no path can hold. */
#include "layer.h"

static ri_status child_at(const void *instance, uint64_t index, ri_child *out) {
  const ri_status status = zoo_child_at(instance, index, out);
  if (!status && index == 1) out->name = ri_text("my.bias");
  return status;
}
ZOO_LAYER(.child_at = child_at)
