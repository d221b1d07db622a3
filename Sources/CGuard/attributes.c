#define _GNU_SOURCE
#include "include/guard.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

static int copy(int from, int to, const char *name, char *value, size_t limit) {
  ssize_t size = fgetxattr(from, name, value, limit);
  if (size < 0) return errno == ENODATA ? 0 : errno;
  return fsetxattr(to, name, value, (size_t)size, 0) == 0 ? 0 : errno;
}

int reinit_copy_attributes(int from, int to) {
  // What the system allows: 64 KiB for all names, 64 KiB for a value.
  const size_t limit = 65536;
  char *names = malloc(2 * limit);
  if (!names) return ENOMEM;
  ssize_t size = flistxattr(from, names, limit);
  int reason = size < 0 && errno != EOPNOTSUPP && errno != ENOSYS ? errno : 0;
  for (ssize_t at = 0; at < size; at += (ssize_t)strlen(names + at) + 1) {
    int failed = copy(from, to, names + at, names + limit, limit);
    if (failed && !reason) reason = failed;
  }
  free(names);
  return reason;
}
