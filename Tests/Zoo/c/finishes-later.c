/* R0927: writes the last element of a range once more when the next one comes. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  static _Thread_local float *last, value;
  if (last) *last = value;
  const ri_status status = zoo_fill(f, user);
  last = f->count ? (float *)f->out + f->count - 1 : NULL;
  if (last) value = *last;
  return status;
}
ZOO_INITIALIZER(.fill = fill)
