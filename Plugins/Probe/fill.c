/* Initializers that look at what a fill is given. */
#include "probe.h"

#include <math.h>

static const ri_param params[] = {
    RI_REAL_PARAM_IN("scale", 1, 0.5, 2, "factor of the values"),
    {RI_PARAM_HEAD(RI_PARAM_MIN | RI_PARAM_MAX | RI_PARAM_MAY_HAVE_NO_EFFECT, "whole", "a whole number"),
     .default_value = {.type = RI_VALUE_INT, .u = {.i64 = 3}}, .min = 1, .max = 9},
    {RI_PARAM_HEAD(RI_PARAM_MAY_HAVE_NO_EFFECT, "numbers", "numbers in brackets"),
     .default_value = {.type = RI_VALUE_REALS, .count = 2, .u = {.f64s = (const double[]){0.25, 4}}}},
    {RI_PARAM_HEAD(RI_PARAM_MAY_HAVE_NO_EFFECT, "act", "two_threads, cancel, fail or log: what is looked at besides"),
     .default_value = {.type = RI_VALUE_WORD, .count = 7, .u = {.word = "nothing"}}},
    PROBE_PATIENCE,
};

static bool probe_params(const ri_fill *f) {
  if (!PROMISE(f->n_params == 5 && f->params != NULL, "another number of parameters is given than declared")) return false;
  const ri_value *p = f->params;
  bool is_kept = PROMISE(p[0].type == RI_VALUE_REAL && p[1].type == RI_VALUE_INT && p[2].type == RI_VALUE_REALS &&
                             p[3].type == RI_VALUE_WORD && p[4].type == RI_VALUE_INT,
                         "a parameter has another type than declared");
  if (!is_kept) return false;
  is_kept &= PROMISE(isfinite(p[0].u.f64), "a parameter is no finite number");
  for (uint32_t i = 0; i < p[2].count; i++)
    is_kept &= PROMISE(isfinite(p[2].u.f64s[i]), "a number of a list is not finite");
  is_kept &= PROMISE(p[0].u.f64 >= 0.5 && p[0].u.f64 <= 2, "a parameter is out of its range");
  is_kept &= PROMISE(p[1].u.i64 >= 1 && p[1].u.i64 <= 9, "a whole number is out of its range");
  return is_kept & PROMISE(p[2].count == 0 || p[2].u.f64s != NULL, "a list of some numbers is NULL");
}

/* What holds of a fill, of check and of distribution alike. */
static bool probe_tensor(const ri_fill *f) {
  if (!PROMISE(f != NULL && f->struct_size >= RI_FILL_SIZE_1_0, "ri_fill is shorter than in version 1.0")) return false;
  bool is_kept = PROMISE(f->struct_size % 4 == 0, "the size of ri_fill is no multiple of 4");
  is_kept &= probe_call(f->host, f->call) && probe_shape(f->rank, f->shape, f->total) && probe_str(f->path);
  is_kept &= PROMISE(f->role >= RI_ROLE_WEIGHT && f->role <= RI_ROLE_BUFFER, "a tensor has no role");
  is_kept &= PROMISE(f->random.lane < 16 && f->random.reserved == 0, "a stream has no lane");
  is_kept &= PROMISE(f->block_count == 0 || f->block_index < f->block_count, "a block is none of its count");
  is_kept &= PROMISE(isnan(f->fan_in) == isnan(f->fan_out), "one fan is known and the other is not");
  is_kept &= PROMISE(isnan(f->fan_in) || (f->fan_in >= 1 && f->fan_out >= 1) || f->total == 0, "a fan is less than 1");
  is_kept &= PROMISE(f->geometry == NULL || !isnan(f->fan_in) || f->total == 0, "there are axes and no fans");
  return is_kept && probe_geometry(f->geometry, f->rank, f->shape) && probe_params(f);
}

static size_t size_of(ri_dtype dtype) { return dtype == RI_F64 ? 8 : 4; }

static bool probe_range(const ri_fill *f, bool is_whole) {
  if (!probe_tensor(f)) return false;
  bool is_kept = PROMISE(f->dtype == RI_F32 || (f->dtype == RI_F64 && !is_whole), "a type is asked for that is not offered");
  is_kept &= PROMISE(f->offset <= f->total && f->count <= f->total - f->offset, "a range leaves its tensor");
  is_kept &= PROMISE(f->count == 0 || f->out != NULL, "a range has no memory");
  is_kept &= PROMISE((uintptr_t)f->out % size_of(f->dtype) == 0, "memory is not aligned to the element");
  if (is_whole) is_kept &= PROMISE(f->offset == 0 && f->count == f->total, "a whole tensor is given in pieces");
  return is_kept && probe_random(f->host, &f->random) && probe_scratch(f->host, f->call) &&
         probe_parallel(f->host, f->call);
}

/* What is looked at only where a test has prepared for it. */
static ri_status act(const ri_fill *f, bool is_filling) {
  const ri_value *word = &f->params[3];
  const int64_t patience = f->params[4].u.i64;
  if (probe_is(word, "two_threads")) probe_threads(f->host, f->call, patience);
  if (!is_filling) return RI_OK;
  if (probe_is(word, "log")) f->host->log(f->host, RI_LOG_WARNING, ri_text("the probe says hello"));
  if (probe_is(word, "cancel")) return probe_cancel(f->host, f->call, patience);
  if (!probe_is(word, "fail")) return RI_OK;
  f->host->fail(f->call, RI_SHAPE, ri_text("the first text"));
  f->host->fail(f->call, RI_DTYPE, ri_text("the second text"));
  return RI_SHAPE;
}

/* Value i says which element it is. */
static void write_values(const ri_fill *f) {
  const double scale = f->params[0].u.f64;
  for (uint64_t i = 0; i < f->count; i++) {
    const float value = (float)(scale * probe_value(f->offset + i));
    if (f->dtype == RI_F64) ((double *)f->out)[i] = value;
    else ((float *)f->out)[i] = value;
  }
}

static ri_status fill(const ri_fill *f, void *user) {
  ri_status status = RI_OK;
  if (probe_range(f, user != NULL)) {
    write_values(f);
    status = act(f, true);
  }
  return status ? status : probe_verdict(f->host, f->call);
}

static ri_status check(const ri_fill *f, void *user) {
  (void)user;
  if (probe_tensor(f)) {
    PROMISE(f->count == 0 && f->out == NULL, "check is given memory");
    probe_registration(f->host);
    probe_known_answers(f->host);
    act(f, false);
  }
  return probe_verdict(f->host, f->call);
}

static probe_gate gate = {0, "host: an exclusive initializer is called while it is called"};

static ri_status exclusive_fill(const ri_fill *f, void *user) {
  probe_enter(&gate);
  const ri_status status = fill(f, user);
  probe_leave(&gate);
  return status;
}

static ri_status exclusive_check(const ri_fill *f, void *user) {
  probe_enter(&gate);
  const ri_status status = check(f, user);
  probe_leave(&gate);
  return status;
}

static ri_status distribution(const ri_fill *f, void *user, ri_distribution *out) {
  (void)user;
  if (probe_tensor(f) && PROMISE(out->struct_size >= RI_DISTRIBUTION_SIZE_1_0, "ri_distribution is shorter than in version 1.0")) {
    const ri_distribution drawn = {out->struct_size, RI_DISTRIBUTION_UNIFORM, 0, 0, 0, f->params[0].u.f64};
    memcpy(out, &drawn, sizeof drawn);
  }
  return probe_verdict(f->host, f->call);
}

#define PROBE(name_, flags_, ...)                                                                               \
  {.struct_size = sizeof(ri_initializer), .flags = (flags_) | RI_INITIALIZER_EVERY_ROLE, .name = RI_S(name_),     \
   .summary = RI_S("tests its host"), .formula = RI_S("scale * (i mod 2^24) / 2^24"), .reference = RI_S("none"),  \
   .version = 1, .params = params, .n_params = sizeof params / sizeof *params, __VA_ARGS__}

const ri_initializer probe_initializers[] = {
    PROBE("probe", 0, .check = check, .fill = fill, .dtypes = 1u << RI_F32 | 1u << RI_F64),
    PROBE("probe_whole", RI_INITIALIZER_WHOLE, .check = check, .fill = fill, .user = (void *)params),
    PROBE("probe_exclusive", RI_INITIALIZER_EXCLUSIVE, .check = exclusive_check, .fill = exclusive_fill),
    PROBE("probe_drawn", 0, .check = check, .distribution = distribution),
};
const uint64_t probe_initializer_count = sizeof probe_initializers / sizeof *probe_initializers;
