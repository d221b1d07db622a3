/* fixup: weights of residual branches, scaled so that a deep network trains without normalization. */
#include <math.h>
#include <reinit/reinit.h>

/* The parameters, in order. */
enum { M, BLOCKS, LAST, MODE, PARAMS };

/* L: what the user says, else what the host counts; 0: unknown. */
static uint64_t blocks(const ri_fill *tensor) {
  const int64_t given = tensor->params[BLOCKS].u.i64;
  return given > 0 ? (uint64_t)given : tensor->block_count;
}

static int is_last(const ri_fill *tensor) { return tensor->params[LAST].u.i64 != 0; }

static double fan(const ri_fill *tensor) {
  const ri_value *mode = &tensor->params[MODE];
  const ri_str out = ri_text("fan_out");
  const int by_outputs = mode->count == out.len && memcmp(mode->u.word, out.ptr, out.len) == 0;
  return by_outputs ? tensor->fan_out : tensor->fan_in;
}

/* √2 / √fan · L^(-1 / (2m - 2)) */
static double deviation(const ri_fill *tensor) {
  const double m = (double)tensor->params[M].u.i64;
  return sqrt(2) / sqrt(fan(tensor)) * pow((double)blocks(tensor), -1 / (2 * m - 2));
}

static ri_status check(const ri_fill *tensor, void *user) {
  (void)user;
  if (is_last(tensor) || blocks(tensor) > 0) return RI_OK;
  return tensor->host->fail(
      tensor->call, RI_INVALID,
      ri_text("the number of residual blocks is unknown: give it, as in 'fixup(blocks: 16)'"));
}

/* The host draws the values. */
static ri_status distribution(const ri_fill *tensor, void *user, ri_distribution *out) {
  const ri_status status = check(tensor, user);
  if (status) return status;
  out->kind = is_last(tensor) ? RI_DISTRIBUTION_CONSTANT : RI_DISTRIBUTION_NORMAL;
  out->mean = 0;
  out->std = is_last(tensor) ? 0 : deviation(tensor);
  return RI_OK;
}

static const ri_str modes[] = {RI_S("fan_in"), RI_S("fan_out")};

static const ri_param params[PARAMS] = {
    [M] = RI_INT_PARAM("m", 2, 2, "weight layers in a residual branch"),
    [BLOCKS] =
        RI_INT_PARAM("blocks", 0, 0, "residual blocks of the whole network; 0: as the host counts them"),
    [LAST] = RI_BOOL_PARAM("last", 0, "whether these are the last layers of their branches: zeros"),
    [MODE] =
        RI_WORD_PARAM("mode", "fan_in", modes, 2, "the fan of the Kaiming factor; the authors' code has fan_out"),
};

static const ri_initializer fixup = {
    .struct_size = sizeof(ri_initializer),
    .flags = RI_INITIALIZER_NEEDS_FANS,
    .name = RI_S("fixup"),
    .summary = RI_S("Kaiming normal, scaled by the number of residual blocks"),
    .formula = RI_S("w ~ N(0, σ²), σ = √(2 / fan) · L^(−1 / (2m − 2)); 0 in the last layer of a branch"),
    .reference = RI_S("Zhang, Dauphin, Ma, Fixup Initialization, ICLR 2019, section 3"),
    .version = 1,
    .params = params,
    .n_params = PARAMS,
    .check = check,
    .distribution = distribution,
};

ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
  (void)call;
  ri_describe(self, "org.reinit.fixup", "1.0.0", "MIT", "Fixup, for residual networks without normalization");
  return host->add_initializer(host, &fixup);
}
