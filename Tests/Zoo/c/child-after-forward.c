/* R0951: has a child more from its first pass on. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  const ri_status status = zoo_require_parts(instance, with);
  if (status) return status;
  zoo_layer parts = zoo_of_parts(instance, with);
  parts.extra = NULL;
  return zoo_keep(&parts, with->call, out);
}
static uint64_t child_count(const void *instance) {
  const int has_grown = __atomic_load_n(&((const zoo_layer *)instance)->extra, __ATOMIC_RELAXED) != NULL;
  return zoo_child_count(instance) + (has_grown ? 1 : 0);
}
static ri_status child_at(const void *instance, uint64_t index, ri_child *out) {
  if (index >= child_count(instance)) return RI_INVALID;
  if (index < zoo_child_count(instance)) return zoo_child(instance, index, out);
  zoo_child(instance, 1, out);
  out->role = RI_ROLE_BUFFER;
  out->name = ri_text("last");
  return RI_OK;
}
static ri_status forward(const void *instance, const ri_forward *pass) {
  zoo_layer *self = (zoo_layer *)instance;
  __atomic_store_n(&self->extra, self, __ATOMIC_RELAXED);
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.rebuild = rebuild, .child_count = child_count, .child_at = child_at, .forward = forward)
