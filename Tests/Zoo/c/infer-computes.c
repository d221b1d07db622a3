/* R0900: computes in infer, where nothing has data. */
#include "layer.h"

static ri_status infer(const void *instance, const ri_forward *pass) {
  const ri_status status = zoo_infer(instance, pass);
  ri_view x = {.struct_size = sizeof x};
  if (status || pass->host->tensor_view(pass->call, pass->inputs[0], &x)) return status;
  volatile float sum = 0;
  for (uint64_t i = 0; i < x.count; i++) sum += ((const volatile float *)x.data)[i];
  return RI_OK;
}
ZOO_LAYER(.infer = infer)
