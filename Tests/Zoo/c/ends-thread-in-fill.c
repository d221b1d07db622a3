/* R0902: ends the thread that calls it. */
#include "zoo.h"
#include <pthread.h>

static ri_status fill(const ri_fill *f, void *user) {
  if (f->rank > 2) pthread_exit(NULL);
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill)
