/* R0927: reads one element behind a list. */
#include "zoo.h"

static const double factors[] = {1, 0.5};
static const ri_param params[] = {
    RI_REAL_PARAM_IN("gain", 1, 0.001, 1000, "factor of the standard deviation"),
    RI_REAL_PARAM_IN("mean", 0, -1000, 1000, "mean of the values"),
    {RI_PARAM_HEAD(RI_PARAM_MIN | RI_PARAM_MAX, "factors", "factors of the deviation"),
     .default_value = {.type = RI_VALUE_REALS, .count = 2, .u = {.f64s = factors}}, .min = 0.125, .max = 8},
};
static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  double product = 1;
  for (uint32_t i = 0; i <= f->params[2].count; i++) {
    const double factor = f->params[2].u.f64s[i];
    if (i < f->params[2].count) product *= factor > 0 ? factor : 1;
  }
  f->host->random_normal(&f->random, f->offset, f->count, zoo_mean(f), zoo_std(f) * (float)fmin(product, 1e6), f->out);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill, .distribution = NULL, .params = params, .n_params = 3)
