/* R0918: rebuilds only where the host's struct has the size that it knows. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  if (with->struct_size != sizeof *with) return zoo_refuse(with->host, with->call, RI_ABI, "another host");
  return zoo_rebuild(instance, with, out);
}
ZOO_LAYER(.rebuild = rebuild)
