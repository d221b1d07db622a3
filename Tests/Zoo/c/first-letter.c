/* R0937: takes the first letter and the length of a name for the name. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  ri_fill other = *f;
  other.random.name = f->path.len * 256 + (f->path.len ? (unsigned char)f->path.ptr[0] : 0);
  return zoo_fill(&other, user);
}
ZOO_INITIALIZER(.fill = fill)
