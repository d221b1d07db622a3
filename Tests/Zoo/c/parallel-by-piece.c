/* R0920: draws each piece of parallel from the start of a lane of its own. */
#include "zoo.h"

typedef struct job { const ri_fill *f; float *out; } job;

static ri_status body(uint64_t first, uint64_t end, void *argument) {
  const job *j = argument;
  ri_random random = j->f->random;
  random.seed += first;
  j->f->host->random_normal(&random, j->f->offset + first, end - first, zoo_mean(j->f), zoo_std(j->f), j->out + first);
  return RI_OK;
}
static ri_status fill(const ri_fill *f, void *user) {
  if (f->count < 2000) return zoo_fill(f, user);
  job j = {f, f->out};
  return f->host->parallel(f->call, f->count, 1, body, &j);
}
ZOO_INITIALIZER(.fill = fill, .flags = RI_INITIALIZER_NEEDS_FANS | RI_INITIALIZER_WHOLE, .distribution = NULL)
