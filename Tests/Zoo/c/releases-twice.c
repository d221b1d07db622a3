/* R0922: releases its weight twice. */
#include "layer.h"

static void destroy(void *instance) {
  zoo_layer *self = instance;
  self->host->tensor_release(self->weight);
  zoo_destroy(self);
}
ZOO_LAYER(.destroy = destroy)
