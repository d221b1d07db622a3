/* reinit/value.h -- typed hyper-parameters: what a user may set, and what was set. */
#ifndef REINIT_VALUE_H
#define REINIT_VALUE_H

#include "base.h"

enum {
  RI_VALUE_NONE = 0,
  RI_VALUE_BOOL = 1,  /* i64: 0 or 1 */
  RI_VALUE_INT = 2,   /* i64, from -2^53 to 2^53 */
  RI_VALUE_REAL = 3,  /* f64 */
  RI_VALUE_WORD = 4,  /* word, `count` bytes of UTF-8 */
  RI_VALUE_INTS = 5,  /* i64s, `count` of them */
  RI_VALUE_REALS = 6  /* f64s, `count` of them */
};

/* Frozen: never grows within a major version. Pointers are [borrowed]. */
typedef struct ri_value {
  uint32_t type, count;
  union {
    int64_t i64;
    double f64;
    const char *word;
    const int64_t *i64s;
    const double *f64s;
  } u;
} ri_value;

enum {
  RI_PARAM_REQUIRED = 1u << 0, /* no default; default_value.type still says the parameter's type */
  RI_PARAM_MIN = 1u << 1,      /* `min` counts: for each number of the value */
  RI_PARAM_MAX = 1u << 2,
  RI_PARAM_MIN_OPEN = 1u << 3, /* the bound itself is not allowed */
  RI_PARAM_MAX_OPEN = 1u << 4,
  RI_PARAM_NON_FINITE = 1u << 5,          /* of reals: infinity and NaN are values too, and not refused */
  RI_PARAM_MAY_HAVE_NO_EFFECT = 1u << 16 /* another value need not change a result */
};

/* One parameter. The host refuses what is out of range before the plugin sees it. */
typedef struct ri_param {
  uint32_t struct_size, flags;
  ri_str name;    /* [a-z][a-z0-9_]*, unique */
  ri_str summary; /* one line: meaning, unit */
  ri_value default_value;
  double min, max;
  const ri_str *choices; /* of a RI_VALUE_WORD: all words that are allowed; NULL: any */
  uint64_t n_choices;
} ri_param;

/* Initializers for static tables of parameters. */
#define RI_PARAM_HEAD(flags_, name_, summary_) .struct_size = sizeof(ri_param), .flags = (flags_), .name = RI_S(name_), .summary = RI_S(summary_)
#define RI_REAL_PARAM(name_, default_, summary_) {RI_PARAM_HEAD(0, name_, summary_), .default_value = {.type = RI_VALUE_REAL, .count = 0, .u = {.f64 = (default_)}}, .min = 0, .max = 0, .choices = NULL, .n_choices = 0}
#define RI_REAL_PARAM_IN(name_, default_, min_, max_, summary_) {RI_PARAM_HEAD(RI_PARAM_MIN | RI_PARAM_MAX, name_, summary_), .default_value = {.type = RI_VALUE_REAL, .count = 0, .u = {.f64 = (default_)}}, .min = (min_), .max = (max_), .choices = NULL, .n_choices = 0}
#define RI_REAL_PARAM_MIN(name_, default_, min_, summary_) {RI_PARAM_HEAD(RI_PARAM_MIN, name_, summary_), .default_value = {.type = RI_VALUE_REAL, .count = 0, .u = {.f64 = (default_)}}, .min = (min_), .max = 0, .choices = NULL, .n_choices = 0}
#define RI_WORD_PARAM(name_, default_, choices_, n_choices_, summary_) {RI_PARAM_HEAD(0, name_, summary_), .default_value = {.type = RI_VALUE_WORD, .count = sizeof(default_) - 1, .u = {.word = (default_)}}, .min = 0, .max = 0, .choices = (choices_), .n_choices = (n_choices_)}
#define RI_INT_PARAM(name_, default_, min_, summary_) {RI_PARAM_HEAD(RI_PARAM_MIN, name_, summary_), .default_value = {.type = RI_VALUE_INT, .count = 0, .u = {.i64 = (default_)}}, .min = (min_), .max = 0, .choices = NULL, .n_choices = 0}
#define RI_INT_PARAM_REQUIRED(name_, min_, summary_) {RI_PARAM_HEAD(RI_PARAM_REQUIRED | RI_PARAM_MIN, name_, summary_), .default_value = {.type = RI_VALUE_INT, .count = 0, .u = {.i64 = 0}}, .min = (min_), .max = 0, .choices = NULL, .n_choices = 0}
#define RI_BOOL_PARAM(name_, default_, summary_) {RI_PARAM_HEAD(0, name_, summary_), .default_value = {.type = RI_VALUE_BOOL, .count = 0, .u = {.i64 = (default_)}}, .min = 0, .max = 0, .choices = NULL, .n_choices = 0}

#define RI_PARAM_SIZE_1_0 88

RI_ASSERT(sizeof(ri_value) == 16);
RI_ASSERT(sizeof(ri_param) >= RI_PARAM_SIZE_1_0);

#endif
