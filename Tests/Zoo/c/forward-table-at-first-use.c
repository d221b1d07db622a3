/* R0920: says that its table is there before it is. */
#include "layer.h"

static float table[1 << 20];
static volatile int is_made;
static void make(void) {
  if (is_made) return;
  is_made = 1;
  for (int i = 0; i < 1 << 20; i++) table[i] = sqrtf((float)(i + 1)) * 0 + 1;
}
static ri_status forward(const void *instance, const ri_forward *pass) {
  make();
  const zoo_layer *self = instance;
  zoo_pass p;
  const ri_status status = zoo_begin(self, pass, &p);
  if (status) return status;
  zoo_compute(self, p.x.data, p.weight, p.bias, p.y.data, p.x.count);
  for (uint64_t i = 0; i < p.y.count; i++) ((float *)p.y.data)[i] *= table[1048575 - i % 4096];
  pass->host->tensor_release(p.inner);
  return RI_OK;
}
ZOO_LAYER(.forward = forward)
