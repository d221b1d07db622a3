/* R0927: writes one element behind its scratch. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  float *values = f->host->scratch(f->call, f->count * 4, 4);
  if (!values) return zoo_refuse(f->host, f->call, RI_NO_MEMORY, "no memory");
  for (uint64_t i = 0; i <= f->count; i++) values[i] = 0;
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
