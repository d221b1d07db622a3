/* R0923: forgets its inner layer in destroy. */
#include "layer.h"

static void destroy(void *instance) {
  ((zoo_layer *)instance)->inner = NULL;
  zoo_destroy(instance);
}
ZOO_LAYER(.destroy = destroy)
