/* R0911: leaves a file in the working folder. */
#include "layer.h"

static ri_status forward(const void *instance, const ri_forward *pass) {
  FILE *file = fopen("forward.log", "a");
  if (file) fputs("forward\n", file), fclose(file);
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
