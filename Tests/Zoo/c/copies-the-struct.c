/* R0918: copies a struct as far as the host says that it reaches. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  struct { ri_fill fill; uint64_t after; } copy = {.after = 0x5A5A};
  memcpy(&copy, f, f->struct_size);
  if (copy.after != 0x5A5A) return zoo_refuse(f->host, f->call, RI_INTERNAL, "what lies behind the copy is overwritten");
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
