/* R0924: looks into an input of an earlier pass. */
#include "layer.h"

static ri_tensor *kept;
static ri_status forward(const void *instance, const ri_forward *pass) {
  ri_view view = {.struct_size = sizeof view};
  if (kept) pass->host->tensor_view(pass->call, kept, &view);
  kept = pass->inputs[0];
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
