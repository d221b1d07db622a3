/* R0900: frees an instance twice. */
#include "layer.h"

static void destroy(void *instance) {
  void *volatile again = instance;
  zoo_destroy(instance);
  free(again);
}
ZOO_LAYER(.destroy = destroy)
