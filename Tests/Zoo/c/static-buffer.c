/* R0920: computes in a buffer that all threads share. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  static float values[1 << 16];
  const uint64_t count = f->count < (1 << 16) ? f->count : 1 << 16;
  if (count < f->count) return zoo_fill(f, user);
  f->host->random_normal(&f->random, f->offset, count, zoo_mean(f), zoo_std(f), values);
  usleep(50);
  memcpy(f->out, values, count * 4);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
