/* R0909: starts a thread that never ends. */
#include "zoo.h"
#include <pthread.h>

static void *work(void *unused) { for (;;) pause(); return unused; }
ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; pthread_t thread; pthread_create(&thread, NULL, work, NULL);
          return host->add_initializer(host, &zoo);)
