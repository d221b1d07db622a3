/* R0965: forgets the layer that is nested in it. */
#include "layer.h"

static ri_status create(const ri_build *build, void *user, void **out) {
  ri_build without = *build;
  without.n_layers = 0;
  return zoo_create(&without, user, out);
}
ZOO_LAYER(.create = create)
