/* R0919: refuses sizes without a reason. */
#include "layer.h"

static ri_status create(const ri_build *build, void *user, void **out) {
  return build->params[0].u.i64 % 2 ? RI_UNSUPPORTED : zoo_create(build, user, out);
}
ZOO_LAYER(.create = create)
