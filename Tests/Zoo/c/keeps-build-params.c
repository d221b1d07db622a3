/* R0927: keeps the arguments that it was made with where they lay. */
#include "layer.h"

static ri_status create(const ri_build *build, void *user, void **out) {
  const ri_status status = zoo_create(build, user, out);
  if (!status) ((zoo_layer *)*out)->extra = (void *)(uintptr_t)build->params;
  return status;
}
static ri_status config(const void *instance, ri_value *out, uint64_t n) {
  const zoo_layer *self = instance;
  const ri_value *params = self->extra;
  const ri_status status = zoo_config(instance, out, n);
  if (!status && n) out[0] = params[0];
  return status;
}
ZOO_LAYER(.create = create, .config = config)
