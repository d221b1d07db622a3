/* R0903: waits in rebuild for something that does not come. */
#include "layer.h"

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  for (;;) pause();
  return zoo_rebuild(instance, with, out);
}
ZOO_LAYER(.rebuild = rebuild)
