/* R0908: chooses a locale for the whole process. */
#include "layer.h"
#include <locale.h>

static ri_status create(const ri_build *build, void *user, void **out) {
  setlocale(LC_NUMERIC, "C.UTF-8");
  return zoo_create(build, user, out);
}
ZOO_LAYER(.create = create)
