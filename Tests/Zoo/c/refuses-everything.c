/* R0930: refuses each tensor that it is offered. */
#include "zoo.h"

static ri_status check(const ri_fill *f, void *user) {
  (void)user;
  return zoo_refuse(f->host, f->call, RI_SHAPE, "the weight must have seven axes: expected rank 7");
}
ZOO_INITIALIZER(.check = check)
