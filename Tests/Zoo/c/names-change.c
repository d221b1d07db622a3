/* R0951: names a child anew each time. */
#include "layer.h"

static ri_status child_at(const void *instance, uint64_t index, ri_child *out) {
  static char names[8] = "bias_0";
  const ri_status status = zoo_child_at(instance, index, out);
  if (status || index != 1) return status;
  names[5] = (char)('0' + (names[5] - '0' + 1) % 10);
  out->name = ri_text(names);
  return RI_OK;
}
ZOO_LAYER(.child_at = child_at)
