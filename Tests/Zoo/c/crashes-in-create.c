/* R0900: crashes where it is to have no bias. */
#include "layer.h"

static ri_status create(const ri_build *build, void *user, void **out) {
  if (!build->params[1].u.i64) *(volatile int *)8 = 1;
  return zoo_create(build, user, out);
}
ZOO_LAYER(.create = create)
