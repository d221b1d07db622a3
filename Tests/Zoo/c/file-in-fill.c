/* R0911: leaves a file in the working folder. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  FILE *cache = fopen("zoo.cache", "w");
  if (cache) fclose(cache);
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
