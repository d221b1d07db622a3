/* R0913: does not free its instances. */
#include "layer.h"

static void destroy(void *instance) {
  zoo_layer *self = instance;
  self->host->tensor_release(self->weight);
  self->host->tensor_release(self->bias);
  self->host->layer_release(self->inner);
}
ZOO_LAYER(.destroy = destroy)
