#define _GNU_SOURCE
#include "include/guard.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

int reinit_rename_noreplace(const char *from, const char *to) {
  const unsigned noreplace = 1;
  return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, noreplace) == 0 ? 0 : errno;
}

int reinit_rename_exchange(const char *from, const char *to) {
  const unsigned exchange = 2;
  return syscall(SYS_renameat2, AT_FDCWD, from, AT_FDCWD, to, exchange) == 0 ? 0 : errno;
}

int reinit_allocate(int descriptor, int64_t size) { return fallocate(descriptor, 0, 0, size); }

ptrdiff_t reinit_copy_range(int source, int64_t from, int target, int64_t to, size_t count) {
  return copy_file_range(source, &from, target, &to, count, 0);
}
