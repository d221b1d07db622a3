/* R0929: keeps a cache beside the folders of others. */
#include "zoo.h"

#include <stdio.h>

static ri_status fill(const ri_fill *f, void *user) {
  FILE *cache = fopen("/tmp/reinit-zoo-cache", "w");
  if (cache) fclose(cache);
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
