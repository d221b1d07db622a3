/* R0903: waits for a lock that it holds already. */
#include "zoo.h"
#include <pthread.h>

static ri_status fill(const ri_fill *f, void *user) {
  static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
  pthread_mutex_lock(&lock);
  if (f->rank > 2) return pthread_mutex_lock(&lock), RI_OK;
  pthread_mutex_unlock(&lock);
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
