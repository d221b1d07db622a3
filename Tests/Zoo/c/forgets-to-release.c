/* R0923: forgets its bias in destroy. */
#include "layer.h"

static void destroy(void *instance) {
  zoo_layer *self = instance;
  self->bias = NULL;
  zoo_destroy(self);
}
ZOO_LAYER(.destroy = destroy)
