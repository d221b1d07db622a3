/* R0961: has a config that fails. */
#include "layer.h"

static ri_status config(const void *instance, ri_value *out, uint64_t n) {
  (void)instance, (void)out, (void)n;
  return RI_UNSUPPORTED;
}
ZOO_LAYER(.config = config)
