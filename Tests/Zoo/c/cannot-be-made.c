/* R0950: refuses whatever it is to be made of. */
#include "layer.h"

static ri_status create(const ri_build *build, void *user, void **out) {
  (void)user, (void)out;
  return zoo_refuse(build->host, build->call, RI_UNSUPPORTED, "no device: expected an accelerator");
}
ZOO_LAYER(.create = create)
