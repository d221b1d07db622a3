/* R0951: has another number of children each time. */
#include "layer.h"

static uint64_t child_count(const void *instance) {
  static uint64_t asked;
  return asked++ % 2 ? zoo_child_count(instance) : 1;
}
ZOO_LAYER(.child_count = child_count)
