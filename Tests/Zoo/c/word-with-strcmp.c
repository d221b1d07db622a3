/* R0927: compares words as if they ended with NUL. */
#include "zoo.h"

static const ri_str words[] = {RI_S("unit"), RI_S("half")};
static const ri_param params[] = {
    RI_REAL_PARAM_IN("gain", 1, 0.001, 1000, "factor of the standard deviation"),
    RI_REAL_PARAM_IN("mean", 0, -1000, 1000, "mean of the values"),
    RI_WORD_PARAM("mode", "unit", words, 2, "how wide"),
};
static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  const float std = zoo_std(f) * (strcmp(f->params[2].u.word, "half") ? 1 : 0.5f);
  f->host->random_normal(&f->random, f->offset, f->count, zoo_mean(f), std, f->out);
  return RI_OK;
}
ZOO_INITIALIZER(.fill = fill, .distribution = NULL, .params = params, .n_params = 3)
