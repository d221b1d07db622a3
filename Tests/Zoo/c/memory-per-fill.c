/* R0913: loses a block of memory in each call. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  void *volatile lost = malloc(64);
  (void)lost;
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
