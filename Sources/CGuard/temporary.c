#define _GNU_SOURCE
#include "include/guard.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { path_count = 256 };

static _Atomic(char *) paths[path_count];

int reinit_temporary_add(const char *path) {
  char *copy = strdup(path);
  if (!copy) return -1;
  for (int i = 0; i < path_count; i++) {
    char *expected = NULL;
    if (atomic_compare_exchange_strong(&paths[i], &expected, copy)) return i;
  }
  free(copy);
  return -1;
}

void reinit_temporary_remove(int slot) {
  if (slot >= 0 && slot < path_count) free(atomic_exchange(&paths[slot], NULL));
}

void reinit_temporary_unlink_all(void) {
  int saved = errno;
  for (int i = 0; i < path_count; i++) {
    // Never freed: free is not safe here, and the process is about to end.
    char *path = atomic_exchange(&paths[i], NULL);
    if (path) unlink(path);
  }
  errno = saved;
}
