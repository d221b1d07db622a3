/* R0912: starts a process in each pass, and does not wait for it. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  if (fork() == 0) _exit(0);
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
