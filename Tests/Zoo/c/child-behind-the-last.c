/* R0952: gives its last child for every index behind it. */
#include "layer.h"

static ri_status child_at(const void *instance, uint64_t index, ri_child *out) {
  const uint64_t last = zoo_child_count(instance) - 1;
  return zoo_child_at(instance, index < last ? index : last, out);
}
ZOO_LAYER(.child_at = child_at)
