/* R0369: has a tensor without a role. */
#include "layer.h"

static ri_status child_at(const void *instance, uint64_t index, ri_child *out) {
  const ri_status status = zoo_child_at(instance, index, out);
  if (!status && index == 1) out->role = RI_ROLE_NONE;
  return status;
}
ZOO_LAYER(.child_at = child_at)
