/* R0918: writes children only where the host's struct has the size that it knows. */
#include "layer.h"

static ri_status child_at(const void *instance, uint64_t index, ri_child *out) {
  if (out->struct_size != sizeof *out) return RI_ABI;
  return zoo_child_at(instance, index, out);
}
ZOO_LAYER(.child_at = child_at)
