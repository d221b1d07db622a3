/* R0900: reads a nested layer that is not there. */
#include "layer.h"

static ri_status create(const ri_build *build, void *user, void **out) {
  if (build->layers[0] == NULL || build->n_layers > 7) return RI_INVALID;
  return zoo_create(build, user, out);
}
ZOO_LAYER(.create = create)
