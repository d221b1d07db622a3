/* R0964: computes with a copy of the first weight that it is given, and hands the copy on in rebuild. */
#include "layer.h"

static void destroy(void *instance) {
  free(((zoo_layer *)instance)->extra);
  zoo_destroy(instance);
}
static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  ri_view weight = {.struct_size = sizeof weight};
  ri_status status = zoo_require_parts(instance, with);
  if (!status) status = with->host->tensor_view(with->call, with->parts[0].tensor, &weight);
  if (status) return status;
  zoo_layer parts = zoo_of_parts(instance, with);
  const float *values = parts.extra ? parts.extra : weight.data; /* the old copy: this is the fault */
  parts.extra = values ? malloc(weight.count * sizeof *values) : NULL;
  if (values && !parts.extra) return zoo_refuse(with->host, with->call, RI_NO_MEMORY, "no memory for the weight");
  if (values) memcpy(parts.extra, values, weight.count * sizeof *values);
  status = zoo_keep(&parts, with->call, out);
  if (status) free(parts.extra);
  return status;
}
static ri_status forward(const void *instance, const ri_forward *pass) {
  const float *packed = ((const zoo_layer *)instance)->extra;
  zoo_pass p;
  const ri_status status = zoo_begin(instance, pass, &p);
  if (status) return status;
  zoo_compute(instance, p.x.data, packed ? packed : p.weight, p.bias, p.y.data, p.x.count);
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.destroy = destroy, .rebuild = rebuild, .forward = forward)
