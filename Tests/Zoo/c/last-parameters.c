/* R0921: takes a parameter from the last tensor that was checked. */
#include "zoo.h"

static double last;
static ri_status check(const ri_fill *f, void *user) {
  last = f->params[0].u.f64;
  return zoo_check(f, user);
}

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  f->host->random_normal(&f->random, f->offset, f->count, zoo_mean(f), (float)(last / sqrt(f->fan_in)), f->out);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill, .check = check, .distribution = NULL)
