/* R0945: claims double precision, and writes floats. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill, .dtypes = 1u << RI_F32 | 1u << RI_F64)
