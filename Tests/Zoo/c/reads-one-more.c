/* R0941: reads one element behind the range. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  zoo_fill(f, user);
  const volatile float *out = f->out;
  return out[f->count] == 3e33f ? RI_INTERNAL : RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
