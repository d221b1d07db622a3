/* R0917: uses its call on a thread of its own. */
#include "zoo.h"
#include <pthread.h>

static void *work(void *argument) {
  const ri_fill *f = argument;
  return f->host->scratch(f->call, 64, 64);
}

static ri_status fill(const ri_fill *f, void *user) {
  pthread_t thread;
  pthread_create(&thread, NULL, work, (void *)f);
  pthread_join(thread, NULL);
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
