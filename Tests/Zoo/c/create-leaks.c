/* R0923: keeps its first tensor when there is no memory for the second. */
#include "layer.h"

static ri_status create(const ri_build *build, void *user, void **out) {
  (void)user;
  const ri_host *host = build->host;
  zoo_layer parts = {.host = host, .size = build->params[0].u.i64};
  if (build->n_layers) parts.inner = build->layers[0];
  ri_status status = host->tensor_new(build->call, RI_F32, 1, &parts.size, NULL, &parts.weight);
  if (status) return status;
  if (build->params[1].u.i64) status = host->tensor_new(build->call, RI_F32, 1, &parts.size, NULL, &parts.bias);
  if (status) return status;
  status = zoo_keep(&parts, build->call, out);
  host->tensor_release(parts.weight);
  host->tensor_release(parts.bias);
  return status;
}
ZOO_LAYER(.create = create)
