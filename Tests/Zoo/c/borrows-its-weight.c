/* R0924: keeps its weight without a reference of its own. */
#include "layer.h"

static ri_status unretained(ri_status status, void **out) {
  if (status) return status;
  const zoo_layer *self = *out;
  self->host->tensor_release(self->weight);
  return RI_OK;
}
static ri_status create(const ri_build *build, void *user, void **out) {
  return unretained(zoo_create(build, user, out), out);
}
static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  return unretained(zoo_rebuild(instance, with, out), out);
}
static void destroy(void *instance) {
  ((zoo_layer *)instance)->weight = NULL;
  zoo_destroy(instance);
}
ZOO_LAYER(.create = create, .rebuild = rebuild, .destroy = destroy)
