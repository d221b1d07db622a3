/* none: a control that means its infinities, and takes one for a parameter. */
#include "zoo.h"

static const ri_param params[] = {
    RI_REAL_PARAM_IN("gain", 1, 0.001, 1000, "factor of the standard deviation"),
    {RI_PARAM_HEAD(RI_PARAM_NON_FINITE, "mask", "every seventh element"),
     .default_value = {.type = RI_VALUE_REAL, .u = {.f64 = -INFINITY}}},
};
static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  float *out = f->out;
  f->host->random_normal(&f->random, f->offset, f->count, 0, zoo_std(f), out);
  for (uint64_t i = 0; i < f->count; i++)
    if ((f->offset + i) % 7 == 0) out[i] = (float)f->params[1].u.f64;
  return RI_OK;
}
ZOO_INITIALIZER(.flags = RI_INITIALIZER_NEEDS_FANS | RI_INITIALIZER_NON_FINITE, .params = params, .fill = fill,
                .formula = RI_S("gain / sqrt(fan_in) * z, every seventh mask"), .distribution = NULL)
