/* R0917: asks for memory with the call of its create. */
#include "layer.h"

static ri_call *kept;
static ri_status create(const ri_build *build, void *user, void **out) {
  kept = build->call;
  return zoo_create(build, user, out);
}
static ri_status forward(const void *instance, const ri_forward *pass) {
  if (!pass->host->scratch(kept, 64, 64)) return zoo_refuse(pass->host, pass->call, RI_NO_MEMORY, "no memory");
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.create = create, .forward = forward)
