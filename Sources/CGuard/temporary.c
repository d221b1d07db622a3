#define _GNU_SOURCE
#include "include/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
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

// What the system writes about an entry of a folder; readdir may not be called in a signal handler.
struct folder_entry {
  uint64_t inode;
  int64_t offset;
  unsigned short size;
  unsigned char type;
  char name[];
};

// A signal's stack is small; folders of checkpoints are not deep.
enum { deepest_folder = 8, entries_size = 1024 };

static void empty_folder(int folder, int depth) {
  _Alignas(struct folder_entry) char entries[entries_size];
  long size;
  while ((size = syscall(SYS_getdents64, folder, entries, sizeof entries)) > 0) {
    for (long at = 0; at < size;) {
      struct folder_entry *entry = (struct folder_entry *)(entries + at);
      at += entry->size;
      if (strcmp(entry->name, ".") == 0 || strcmp(entry->name, "..") == 0) continue;
      if (unlinkat(folder, entry->name, 0) == 0 || errno != EISDIR) continue;
      int inner = openat(folder, entry->name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
      if (inner >= 0 && depth < deepest_folder) empty_folder(inner, depth + 1);
      if (inner >= 0) close(inner);
      unlinkat(folder, entry->name, AT_REMOVEDIR);
    }
  }
}

int reinit_remove_folder(const char *path) {
  int folder = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  if (folder < 0) return errno;
  // Entries that are removed while a folder is read may hide others from that reading.
  int reason = ENOTEMPTY;
  for (int pass = 0; pass < 8 && reason == ENOTEMPTY; pass++) {
    lseek(folder, 0, SEEK_SET);
    empty_folder(folder, 0);
    reason = rmdir(path) == 0 ? 0 : errno;
  }
  close(folder);
  return reason;
}

void reinit_temporary_unlink_all(void) {
  int saved = errno;
  for (int i = 0; i < path_count; i++) {
    // Never freed: free is not safe here, and the process is about to end.
    char *path = atomic_exchange(&paths[i], NULL);
    if (path && unlink(path) != 0 && errno == EISDIR) reinit_remove_folder(path);
  }
  errno = saved;
}
