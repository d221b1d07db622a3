/* R0369: says axes that its weight does not have. */
#include "layer.h"

static const ri_geometry out_in = RI_GEOMETRY_OUT_IN;
static ri_status child_at(const void *instance, uint64_t index, ri_child *out) {
  const ri_status status = zoo_child_at(instance, index, out);
  if (!status && index == 0) out->geometry = &out_in;
  return status;
}
ZOO_LAYER(.child_at = child_at)
