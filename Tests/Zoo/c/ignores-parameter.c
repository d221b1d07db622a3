/* R0938: takes no notice of its mean. */
#include "zoo.h"

static ri_status distribution(const ri_fill *f, void *user, ri_distribution *out) {
  const ri_status status = zoo_distribution(f, user, out);
  out->mean = 0;
  return status;
}

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  f->host->random_normal(&f->random, f->offset, f->count, 0, zoo_std(f), f->out);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill, .distribution = distribution)
