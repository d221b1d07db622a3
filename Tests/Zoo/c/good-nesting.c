/* none: a control that makes a layer of its own plugin. */
#include "layer.h"

/* Where no layer is nested in it, it nests one of its own plugin. */
static ri_status create(const ri_build *build, void *user, void **out) {
  if (build->n_layers) return zoo_create(build, user, out);
  const ri_host *host = build->host;
  char text[96];
  snprintf(text, sizeof text, "org.example.zoo." ZOO_NAME "/Inner(size: %lld)", (long long)build->params[0].u.i64);
  ri_layer *made = NULL;
  ri_status status = host->layer_new(build->call, ri_text(text), NULL, 0, &made);
  if (status) return status;
  ri_build with = *build;
  ri_layer *const layers[] = {made};
  with.layers = layers;
  with.n_layers = 1;
  status = zoo_create(&with, user, out);
  host->layer_release(made);
  return status;
}
#pragma GCC diagnostic ignored "-Woverride-init"
static const ri_layer_type inner = {ZOO_GOOD_LAYER, .name = RI_S("Inner")};
static const ri_layer_type outer = {ZOO_GOOD_LAYER, .create = create};
ZOO_ENTRY(const ri_status status = host->add_layer(host, &inner); return status ? status : host->add_layer(host, &outer);)
