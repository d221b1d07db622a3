/* R0919: refuses a tensor without a reason. */
#include "zoo.h"

static ri_status check(const ri_fill *f, void *user) { return f->shape[0] == 70 ? RI_SHAPE : zoo_check(f, user); }
ZOO_INITIALIZER(.check = check)
