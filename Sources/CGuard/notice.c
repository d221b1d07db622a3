#include "include/guard.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { notice_count = 16 };

static _Atomic(char *) notices[notice_count];

int reinit_notice_add(const char *text) {
  char *copy = strdup(text);
  if (!copy) return -1;
  for (int i = 0; i < notice_count; i++) {
    char *expected = NULL;
    if (atomic_compare_exchange_strong(&notices[i], &expected, copy)) return i;
  }
  free(copy);
  return -1;
}

void reinit_notice_remove(int slot) {
  if (slot >= 0 && slot < notice_count) free(atomic_exchange(&notices[slot], NULL));
}

void reinit_notice_write_all(int descriptor) {
  int saved = errno;
  for (int i = 0; i < notice_count; i++) {
    // Never freed: free is not safe here, and the process is about to end.
    char *text = atomic_exchange(&notices[i], NULL);
    if (!text || write(descriptor, text, strlen(text)) < 0) continue;
  }
  errno = saved;
}
