/* R0900: frees an instance twice. */
#include "layer.h"

static void destroy(void *instance) {
  zoo_destroy(instance);
  free(instance);
}
ZOO_LAYER(.destroy = destroy)
