/* R0939: declares a truncation, and does not truncate. */
#include "zoo.h"

static ri_status distribution(const ri_fill *f, void *user, ri_distribution *out) {
  const ri_status status = zoo_distribution(f, user, out);
  out->kind = RI_DISTRIBUTION_TRUNCATED_NORMAL;
  out->low = out->mean - 2 * out->std;
  out->high = out->mean + 2 * out->std;
  return status;
}

static ri_status fill(const ri_fill *f, void *user) {
  return zoo_fill(f, user);
}
ZOO_INITIALIZER(.fill = fill, .distribution = distribution)
