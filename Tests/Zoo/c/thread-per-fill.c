/* R0909: leaves a thread behind. */
#include "zoo.h"
#include <pthread.h>

static void *work(void *unused) {
  for (;;) pause();
  return unused;
}

static ri_status fill(const ri_fill *f, void *user) {
  static int is_started;
  pthread_t thread;
  if (!__atomic_exchange_n(&is_started, 1, __ATOMIC_RELAXED)) pthread_create(&thread, NULL, work, NULL);
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
