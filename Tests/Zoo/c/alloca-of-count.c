/* R0944: takes memory for a whole range from the stack. */
#include "zoo.h"

#include <alloca.h>

static ri_status fill(const ri_fill *f, void *user) {
  volatile float *values = alloca(f->count * 4 + 4);
  values[0] = 0;
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
