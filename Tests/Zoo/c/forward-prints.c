/* R0906: prints to standard output. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  puts("forward");
  fflush(stdout);
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
