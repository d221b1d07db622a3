/* R0920: computes in one buffer in all bodies of parallel. */
#include "zoo.h"

typedef struct job { const ri_fill *f; float *out; } job;

static float buffer[4096];
static ri_status body(uint64_t first, uint64_t end, void *argument) {
  const job *j = argument;
  for (uint64_t at = first; at < end; at += 4096) {
    const uint64_t count = end - at < 4096 ? end - at : 4096;
    j->f->host->random_normal(&j->f->random, j->f->offset + at, count, zoo_mean(j->f), zoo_std(j->f), buffer);
    usleep(20);
    memcpy(j->out + at, buffer, count * 4);
  }
  return RI_OK;
}
static ri_status fill(const ri_fill *f, void *user) {
  if (f->count < 50000) return zoo_fill(f, user);
  job j = {f, f->out};
  return f->host->parallel(f->call, f->count, 1024, body, &j);
}
ZOO_INITIALIZER(.fill = fill)
