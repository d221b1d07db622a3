/* R0912: starts a process, and does not wait for it. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  static int is_started;
  if (!__atomic_exchange_n(&is_started, 1, __ATOMIC_RELAXED) && fork() == 0) {
    sleep(30);
    _exit(0);
  }
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
