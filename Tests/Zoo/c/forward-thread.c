/* R0909: leaves a thread behind. */
#include "layer.h"
#include <pthread.h>

static void *work(void *unused) {
  for (;;) pause();
  return unused;
}

static ri_status forward(const void *instance, const ri_forward *pass) {
  static int is_started;
  pthread_t thread;
  if (!__atomic_exchange_n(&is_started, 1, __ATOMIC_RELAXED)) pthread_create(&thread, NULL, work, NULL);
  return zoo_forward(instance, pass);
}
ZOO_LAYER(.forward = forward)
