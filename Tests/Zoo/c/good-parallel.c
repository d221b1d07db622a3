/* none: a control that shares its work. */
#include "zoo.h"

typedef struct job { const ri_fill *f; float *out; } job;
static ri_status body(uint64_t first, uint64_t end, void *argument) {
  const job *j = argument;
  j->f->host->random_normal(&j->f->random, j->f->offset + first, end - first, zoo_mean(j->f), zoo_std(j->f), j->out + first);
  return RI_OK;
}
static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  job j = {f, f->out};
  return f->host->parallel(f->call, f->count, 64, body, &j);
}
ZOO_INITIALIZER(.fill = fill)
