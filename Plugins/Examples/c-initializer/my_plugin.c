/* my_plugin: normal values whose standard deviation follows the fan-in. */
#include <math.h>
#include <reinit/kit.h>

enum { GAIN };
static const ri_param params[] = {
    [GAIN] = RI_REAL_PARAM_IN("gain", 1, 0, 1e6, "factor of the standard deviation"),
};

static double deviation(const ri_fill *tensor) { return tensor->params[GAIN].u.f64 / sqrt(tensor->fan_in); }

/* Writes elements [offset, offset + count). Each depends on its index alone: any partition has the same bits. */
static ri_status fill(const ri_fill *range, void *user) {
  (void)user;
  const float std = (float)deviation(range);
  range->host->random_normal(&range->random, range->offset, range->count, 0, std, range->out);
  return RI_OK;
}

/* Says what `fill` draws from, so that the values can be held against it. */
static ri_status distribution(const ri_fill *tensor, void *user, ri_distribution *out) {
  (void)user;
  out->kind = RI_DISTRIBUTION_NORMAL;
  out->mean = 0;
  out->std = deviation(tensor);
  return RI_OK;
}

static const ri_initializer my_plugin = {
    RI_INITIALIZER_HEAD("my_plugin", 1, "normal with std = gain/√fan_in"),
    .flags = RI_INITIALIZER_NEEDS_FANS,
    .formula = RI_S("w ~ N(0, σ²), σ = gain / √fan_in"),
    .reference = RI_S("LeCun et al., Efficient BackProp, 1998"),
    RI_PARAMS(params),
    .fill = fill,
    .distribution = distribution,
};

ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
  (void)call;
  ri_describe(self, "org.example.my-plugin", "1.0.0", "MIT", "an initializer");
  return host->add_initializer(host, &my_plugin);
}
