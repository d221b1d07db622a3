/* R0927: tells one parameter more than there are. */
#include "layer.h"

static ri_status config(const void *instance, ri_value *out, uint64_t n) {
  const ri_status status = zoo_config(instance, out, n);
  if (!status) out[n] = (ri_value){.type = RI_VALUE_NONE};
  return status;
}
ZOO_LAYER(.config = config)
