/* R0947: repeats its values after 16,384 elements. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  float *out = f->out;
  for (uint64_t done = 0; done < f->count;) {
    const uint64_t index = (f->offset + done) % 16384;
    const uint64_t count = f->count - done < 16384 - index ? f->count - done : 16384 - index;
    f->host->random_normal(&f->random, index, count, zoo_mean(f), zoo_std(f), out + done);
    done += count;
  }
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
