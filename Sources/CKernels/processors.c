#define _GNU_SOURCE
#include <pthread.h>
#include <sched.h>

#include "include/ckernels.h"

size_t rk_permitted_processors(void) {
  // Linux refuses a set that is smaller than its own; it knows 8192 processors at most.
  enum { most = 1 << 16, bits = 8 * sizeof(unsigned long) };
  unsigned long set[most / bits] = {0};
  if (sched_getaffinity(0, sizeof set, (cpu_set_t *)set)) return 0;
  size_t count = 0;
  for (size_t i = 0; i < most / bits; i++) count += (size_t)__builtin_popcountl(set[i]);
  return count;
}

void rk_name_thread(const char *name) { pthread_setname_np(pthread_self(), name); }
