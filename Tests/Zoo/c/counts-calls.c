/* R0933: adds the number of its calls to the stream. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  static uint64_t calls;
  ri_fill other = *f;
  other.random.seed += __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED) / 3;
  return zoo_fill(&other, user);
}
ZOO_INITIALIZER(.fill = fill)
