/* R0918: compares struct_size for equality. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  if (f->struct_size != sizeof *f) return zoo_refuse(f->host, f->call, RI_ABI, "another version of ri_fill");
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
