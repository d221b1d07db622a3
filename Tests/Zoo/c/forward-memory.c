/* R0913: loses a block of memory in each pass. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  void *volatile lost = malloc(48);
  (void)lost;
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
