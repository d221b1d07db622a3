/* none: a control that clears what it is lent for a result, as far as that reaches. */
#include "layer.h"

static ri_status distribution(const ri_fill *f, void *user, ri_distribution *out) {
  const uint32_t size = out->struct_size;
  memset(out, 0, size);
  out->struct_size = size;
  return zoo_distribution(f, user, out);
}
static ri_status child_at(const void *instance, uint64_t index, ri_child *out) {
  const uint32_t size = out->struct_size;
  memset(out, 0, size);
  out->struct_size = size;
  return zoo_child_at(instance, index, out);
}
#pragma GCC diagnostic ignored "-Woverride-init"
static const ri_initializer filling = {ZOO_GOOD_INITIALIZER, .distribution = distribution};
static const ri_layer_type zoo = {ZOO_GOOD_LAYER, .child_at = child_at};
RI_EXPORT ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
  (void)call;
  const uint32_t size = self->struct_size;
  memset(self, 0, size);
  self->struct_size = size;
  zoo_describe(self);
  const ri_status status = host->add_initializer(host, &filling);
  return status ? status : host->add_layer(host, &zoo);
}
