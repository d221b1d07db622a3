/* R0907: handles SIGTERM from its first call on. */
#include "zoo.h"
#include <signal.h>

static ri_status fill(const ri_fill *f, void *user) {
  signal(SIGTERM, SIG_IGN);
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
