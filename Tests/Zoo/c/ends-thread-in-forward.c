/* R0902: ends the thread that it is called on. */
#include "layer.h"
#include <pthread.h>

static ri_status forward(const void *instance, const ri_forward *pass) {
  pthread_exit(NULL);
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
