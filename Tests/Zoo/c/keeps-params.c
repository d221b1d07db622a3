/* R0927: keeps the arguments that its check was given. */
#include "zoo.h"

static _Thread_local const ri_value *kept;
static ri_status check(const ri_fill *f, void *user) {
  kept = f->params;
  return zoo_check(f, user);
}
static ri_status fill(const ri_fill *f, void *user) {
  ri_fill other = *f;
  if (kept && kept[0].u.f64 == f->params[0].u.f64) other.params = kept;
  return zoo_fill(&other, user);
}
ZOO_INITIALIZER(.fill = fill, .check = check)
