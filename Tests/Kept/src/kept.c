/* A plugin that is kept as it was compiled: an initializer, one that reads, and a layer. */
#include <math.h>
#include <reinit/kit.h>

enum { GAIN };
static const ri_param gain[] = {
    [GAIN] = RI_REAL_PARAM_IN("gain", 1, 0, 1e6, "factor of the standard deviation"),
};

static ri_status fill(const ri_fill *range, void *user) {
  (void)user;
  const float std = (float)(range->params[GAIN].u.f64 / sqrt(range->fan_in));
  range->host->random_normal(&range->random, range->offset, range->count, 0, std, range->out);
  return RI_OK;
}

static const ri_initializer kept = {
    RI_INITIALIZER_HEAD("kept", 1, "normal with std = gain/√fan_in"),
    .formula = RI_S("w ~ N(0, gain²/fan_in)"),
    .flags = RI_INITIALIZER_NEEDS_FANS,
    RI_PARAMS(gain),
    .fill = fill,
};

enum { FACTOR };
static const ri_param factor[] = {
    [FACTOR] = RI_REAL_PARAM_IN("factor", 0.5, 0, 1, "of the old values"),
};
enum { OLD, OFFSET };
static const ri_source sources[] = {[OLD] = RI_OLD_SOURCE("old"), [OFFSET] = RI_TENSOR_SOURCE("offset", ".bias")};

static ri_status mix(const ri_fill *range, void *user) {
  (void)user;
  ri_view offset;
  float *out = range->out;
  RI_TRY(ri_read_source(range, OLD, out));
  RI_TRY(ri_source_floats(range, OFFSET, &offset));
  const uint64_t columns = (uint64_t)range->shape[1];
  for (uint64_t i = 0; i < range->count; i++)
    out[i] = (float)range->params[FACTOR].u.f64 * out[i] + ((const float *)offset.data)[(range->offset + i) / columns];
  return RI_OK;
}

static const ri_initializer kept_mix = {
    RI_INITIALIZER_HEAD("kept_mix", 1, "the old values, smaller, and the bias"),
    .formula = RI_S("w ← factor·w + b"),
    RI_PARAMS(factor),
    RI_SOURCES(sources),
    .fill = mix,
};

enum { SIZE, HAS_BIAS };
static const ri_param params[] = {
    [SIZE] = RI_INT_PARAM_REQUIRED("size", 1, "elements of the last axis"),
    [HAS_BIAS] = RI_BOOL_PARAM("bias", 1, "whether there is a bias"),
};

enum { WEIGHT, BIAS, INNER };
static const ri_child_row children[] = {
    [WEIGHT] = {RI_TENSOR_ROW("weight", RI_ROLE_SCALE, "[size]"), .fresh = RI_S("constant({1 / size})")},
    [BIAS] = {RI_TENSOR_ROW("bias", RI_ROLE_BIAS, "[size]"), .when = RI_S("bias")},
    [INNER] = {RI_LAYER_ROW("inner", "")},
};

static ri_status run(const void *user, const ri_forward *pass) {
  (void)user;
  const ri_part *parts = pass->children;
  ri_view x, inner, weight, bias = {.data = NULL}, y;
  RI_TRY(ri_floats(pass, pass->inputs[0], "the input", &x));
  RI_TRY(ri_expect_last_axis(pass, &x, "the input", pass->params[SIZE].u.i64));
  inner = x;
  if (parts[INNER].layer) RI_TRY(ri_apply(pass, parts[INNER].layer, pass->inputs[0], "what the nested layer gives", &inner));
  RI_TRY(ri_expect_shape_of(pass, &inner, "what the nested layer gives", &x));
  RI_TRY(ri_floats(pass, parts[WEIGHT].tensor, "weight", &weight));
  if (parts[BIAS].tensor) RI_TRY(ri_floats(pass, parts[BIAS].tensor, "bias", &bias));
  RI_TRY(ri_make_floats(pass, x.rank, x.shape, &y));
  if (!y.data) return RI_OK;
  const float *from = x.data, *z = inner.data, *w = weight.data, *b = bias.data;
  float *to = y.data;
  for (uint64_t i = 0; i < x.count; i++) {
    const uint64_t j = i % weight.count;
    to[i] = from[i] + w[j] * z[i] + (b ? b[j] : 0);
  }
  return RI_OK;
}

static const ri_layer_type layer = {
    RI_LAYER_HEAD("Kept", 1, "y = x + weight ∘ inner(x) + bias"),
    .max_layers = 1,
    RI_PARAMS(params),
    RI_CHILDREN(children),
    .forward = run,
    .infer = run,
};

ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
  (void)call;
  ri_describe(self, "org.example.kept-c", "1.0.0", "MIT", "a plugin that is kept");
  RI_TRY(host->add_initializer(host, &kept));
  RI_TRY(host->add_initializer(host, &kept_mix));
  return host->add_layer(host, &layer);
}
