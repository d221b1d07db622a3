/* R0963: has a weight that begins with nothing. */
#include "layer.h"

static ri_status child_at(const void *instance, uint64_t index, ri_child *out) {
  const ri_status status = zoo_child_at(instance, index, out);
  if (!status && index == 0) out->fresh = ri_text(NULL);
  return status;
}
ZOO_LAYER(.child_at = child_at)
