/* R0901: calls _exit, which no handler sees. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  if (f->rank > 2) _exit(0);
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
