/* R0929: opens a connection when it fills. */
#include "zoo.h"

#include <sys/socket.h>

static ri_status fill(const ri_fill *f, void *user) {
  (void)socket(AF_INET, SOCK_STREAM, 0);
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
