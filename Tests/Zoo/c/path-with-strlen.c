/* R0927: measures paths by strlen. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  if (strlen(f->path.ptr) > 4096) return zoo_refuse(f->host, f->call, RI_INVALID, "the path is too long");
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
