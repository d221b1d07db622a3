/* What the broken plugins in C are made of: a good initializer, `zoo(gain: 1, mean: 0)`, in which a file replaces a
 * piece. Normal values with std = gain / sqrt(fan_in). */
#ifndef ZOO_H
#define ZOO_H

#define _GNU_SOURCE
#include <math.h>
#include <reinit/reinit.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ZOO_UNUSED __attribute__((unused))

/* The build names each plugin after its file. */
#ifndef ZOO_NAME
#define ZOO_NAME "unnamed"
#endif

/* Says why a call fails, and gives the status back. */
ZOO_UNUSED static ri_status zoo_refuse(const ri_host *host, ri_call *call, ri_status code, const char *text) {
  return host->fail(call, code, ri_text(text));
}

ZOO_UNUSED static float zoo_std(const ri_fill *f) { return (float)(f->params[0].u.f64 / sqrt(f->fan_in)); }
ZOO_UNUSED static float zoo_mean(const ri_fill *f) { return (float)f->params[1].u.f64; }

ZOO_UNUSED static ri_status zoo_fill(const ri_fill *f, void *user) {
  (void)user;
  f->host->random_normal(&f->random, f->offset, f->count, zoo_mean(f), zoo_std(f), f->out);
  return RI_OK;
}

/* Vectors are refused, so that there is a refusal to look at. */
ZOO_UNUSED static ri_status zoo_check(const ri_fill *f, void *user) {
  (void)user;
  if (f->rank >= 2) return RI_OK;
  return zoo_refuse(f->host, f->call, RI_SHAPE, "the weight has too few axes: expected two or more");
}

ZOO_UNUSED static ri_status zoo_distribution(const ri_fill *f, void *user, ri_distribution *out) {
  (void)user;
  const ri_distribution normal = {out->struct_size, RI_DISTRIBUTION_NORMAL, zoo_mean(f), zoo_std(f), 0, 0};
  memcpy(out, &normal, out->struct_size < sizeof normal ? out->struct_size : sizeof normal);
  return RI_OK;
}

static const ri_param zoo_params[] = {
    RI_REAL_PARAM_IN("gain", 1, 0.001, 1000, "factor of the standard deviation"),
    RI_REAL_PARAM_IN("mean", 0, -1000, 1000, "mean of the values"),
};

#define ZOO_GOOD_INITIALIZER                                                                                     \
  .struct_size = sizeof(ri_initializer), .flags = RI_INITIALIZER_NEEDS_FANS, .name = RI_S("zoo"),                 \
  .summary = RI_S("normal values"), .formula = RI_S("mean + gain / sqrt(fan_in) * z"), .reference = RI_S("none"), \
  .version = 1, .params = zoo_params, .n_params = 2, .fill = zoo_fill, .check = zoo_check,                        \
  .distribution = zoo_distribution

ZOO_UNUSED static void zoo_describe(ri_plugin *self) {
  ri_describe(self, "org.example.zoo." ZOO_NAME, "1.0.0", "MIT", "a plugin with one fault");
}

/* The entry with these statements; `host`, `self` and `call` are at hand. */
#define ZOO_ENTRY(...)                                                                           \
  RI_EXPORT ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) { \
    (void)host, (void)call;                                                                      \
    zoo_describe(self);                                                                          \
    __VA_ARGS__                                                                                  \
  }

/* The good initializer with these fields in their place. */
#define ZOO_INITIALIZER(...)                                                                                      \
  _Pragma("GCC diagnostic ignored \"-Woverride-init\"") static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER, \
                                                                                            __VA_ARGS__};         \
  ZOO_ENTRY(return host->add_initializer(host, &zoo);)

#endif
