/* R0939: declares the distribution that it has with a mean of 0. */
#include "zoo.h"

static ri_status distribution(const ri_fill *f, void *user, ri_distribution *out) {
  const ri_status status = zoo_distribution(f, user, out);
  out->mean = 0;
  return status;
}
ZOO_INITIALIZER(.distribution = distribution)
