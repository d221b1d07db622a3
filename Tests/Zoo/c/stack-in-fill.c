/* R0914: keeps half a megabyte on the stack. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  volatile char table[512 << 10];
  for (size_t i = 0; i < sizeof table; i += 512) table[i] = 1;
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
