/* R0921: finds what it has computed by the address of the arguments. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  static _Thread_local struct { const ri_value *params; double fan; float std; } kept;
  if (kept.params != f->params || kept.fan != f->fan_in) {
    kept.params = f->params, kept.fan = f->fan_in, kept.std = zoo_std(f);
  }
  f->host->random_normal(&f->random, f->offset, f->count, zoo_mean(f), kept.std, f->out);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill)
