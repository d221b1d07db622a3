/* R0944: takes memory for a whole range from the stack. */
#include "zoo.h"

#include <alloca.h>

static ri_status fill(const ri_fill *f, void *user) {
  volatile float *values = alloca(f->count * 4 + 4);
  // From the end, page by page, so that the stack's guard is met and not what may be mapped below it.
  for (uint64_t i = f->count + 1; i > 0; i -= i < 1024 ? i : 1024) values[i - 1] = 0;
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
