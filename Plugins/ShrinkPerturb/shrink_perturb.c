/* shrink_perturb: a trained weight is made smaller and disturbed, so that training goes on from it as from a fresh one. */
#include <reinit/kit.h>

enum { SHRINK, STD };
static const ri_param params[] = {
    [SHRINK] = RI_REAL_PARAM_IN("shrink", 0.4, 0, 1, "factor of the old values"),
    [STD] = RI_REAL_PARAM_IN("std", 0.01, 0, 1e6, "standard deviation of the noise"),
};

enum { OLD };
static const ri_source sources[] = {[OLD] = RI_OLD_SOURCE("old")};

/* The old values, times a factor, and noise of the same indices. */
static ri_status fill(const ri_fill *range, void *user) {
  (void)user;
  const ri_host *host = range->host;
  const float shrink = (float)range->params[SHRINK].u.f64, std = (float)range->params[STD].u.f64;
  float *out = range->out, noise[1024];
  RI_TRY(ri_read_source(range, OLD, out));
  for (uint64_t first = 0; first < range->count; first += RI_COUNT(noise)) {
    const uint64_t count = range->count - first < RI_COUNT(noise) ? range->count - first : RI_COUNT(noise);
    host->random_normal(&range->random, range->offset + first, count, 0, std, noise);
    for (uint64_t i = 0; i < count; i++) out[first + i] = shrink * out[first + i] + noise[i];
  }
  return RI_OK;
}

static const ri_initializer shrink_and_perturb = {
    RI_INITIALIZER_HEAD("shrink_and_perturb", 1, "the old values made smaller, and noise"),
    .formula = RI_S("w ← λ·w + p, p ~ N(0, σ²)"),
    .reference = RI_S("Ash, Adams, On Warm-Starting Neural Network Training, 2020, section 4"),
    RI_PARAMS(params),
    RI_SOURCES(sources),
    .fill = fill,
};

ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
  (void)call;
  ri_describe(self, "org.reinit.shrink-perturb", "1.0.0", "MIT", "shrinks what is there and adds noise");
  return host->add_initializer(host, &shrink_and_perturb);
}
