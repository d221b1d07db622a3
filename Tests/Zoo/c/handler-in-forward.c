/* R0907: takes a signal for itself. */
#include "layer.h"
#include <signal.h>

static ri_status forward(const void *instance, const ri_forward *pass) {
  signal(SIGUSR1, SIG_IGN);
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
