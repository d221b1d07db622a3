/* R0932: says that it takes NaN for its mean, and makes NaN of it. */
#include "zoo.h"

static const ri_param params[] = {
    RI_REAL_PARAM_IN("gain", 1, 0.001, 1000, "factor of the standard deviation"),
    {RI_PARAM_HEAD(RI_PARAM_NON_FINITE, "mean", "mean of the values"), .default_value = {.type = RI_VALUE_REAL}},
};
static ri_status check(const ri_fill *f, void *user) {
  if (isinf(f->params[1].u.f64) || fabs(f->params[1].u.f64) > 1e30)
    return zoo_refuse(f->host, f->call, RI_INVALID, "mean is too large: expected 1e30 at most");
  return zoo_check(f, user);
}
ZOO_INITIALIZER(.params = params, .check = check)
