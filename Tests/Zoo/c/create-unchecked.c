/* R0915: does not look whether it has got its tensors. */
#include "layer.h"

static ri_status create(const ri_build *build, void *user, void **out) {
  (void)user;
  const ri_host *host = build->host;
  zoo_layer parts = {.host = host, .size = build->params[0].u.i64};
  if (build->n_layers) parts.inner = build->layers[0];
  host->tensor_new(build->call, RI_F32, 1, &parts.size, NULL, &parts.weight);
  if (build->params[1].u.i64) host->tensor_new(build->call, RI_F32, 1, &parts.size, NULL, &parts.bias);
  const ri_status status = zoo_keep(&parts, build->call, out);
  host->tensor_release(parts.weight);
  host->tensor_release(parts.bias);
  return status;
}
ZOO_LAYER(.create = create)
