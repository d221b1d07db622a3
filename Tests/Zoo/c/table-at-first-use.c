/* R0920: says that its table is there before it is. */
#include "zoo.h"

static float table[1 << 20];
static volatile int is_made;
static void make(void) {
  if (is_made) return;
  is_made = 1;
  for (int i = 0; i < 1 << 20; i++) table[i] = sqrtf((float)(i + 1)) * 0 + 1;
}
static ri_status fill(const ri_fill *f, void *user) {
  make();
  const ri_status status = zoo_fill(f, user);
  for (uint64_t i = 0; i < f->count; i++) ((float *)f->out)[i] *= table[1048575 - (f->offset + i) % 4096];
  return status;
}
ZOO_INITIALIZER(.fill = fill)
