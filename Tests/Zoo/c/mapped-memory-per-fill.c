/* R0913: maps a page in each call, and keeps it. */
#include "zoo.h"

#include <sys/mman.h>

static ri_status fill(const ri_fill *f, void *user) {
  char *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (page != MAP_FAILED) page[0] = 1;
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
