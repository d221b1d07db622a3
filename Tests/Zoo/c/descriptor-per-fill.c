/* R0910: opens a file in each call, and does not close it. */
#include "zoo.h"
#include <fcntl.h>

static ri_status fill(const ri_fill *f, void *user) {
  if (open("/dev/urandom", O_RDONLY) < 0) return zoo_refuse(f->host, f->call, RI_INTERNAL, "too many open files");
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
