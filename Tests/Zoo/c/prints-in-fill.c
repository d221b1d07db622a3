/* R0906: prints progress to standard output. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  printf("filling %llu elements\n", (unsigned long long)f->count);
  fflush(stdout);
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
