#define _GNU_SOURCE
#include "watch.h"

#include "include/confinement.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { place_limit = 16, attempt_limit = 8, attempt_size = 400 };

/* Where files may be changed. */
static char *places[place_limit];
static int place_count;
/* What was refused: written by the thread alone, each before it is counted. */
static char attempts[attempt_limit][attempt_size];
static uint32_t attempt_count;

static int listener = -1;
static sem_t is_ready;

const char *rp_attempt(uint32_t index) {
  return index < __atomic_load_n(&attempt_count, __ATOMIC_ACQUIRE) ? attempts[index] : NULL;
}

static void note(const char *before, const char *path, const char *after) {
  if (attempt_count == attempt_limit) return;
  snprintf(attempts[attempt_count], attempt_size, "%s%.300s%s", before, path, after);
  for (uint32_t i = 0; i < attempt_count; i++)
    if (strcmp(attempts[i], attempts[attempt_count]) == 0) return;
  __atomic_store_n(&attempt_count, attempt_count + 1, __ATOMIC_RELEASE);
}

/* A text of the process that asks, which may be any address at all; false if there is none that ends. */
static bool read_text(pid_t pid, uint64_t address, char *text) {
  const size_t page = 4096;
  size_t done = 0;
  while (done < PATH_MAX) {
    size_t count = page - (address + done) % page;
    if (count > PATH_MAX - done) count = PATH_MAX - done;
    struct iovec own = {text + done, count}, theirs = {(void *)(uintptr_t)(address + done), count};
    const ssize_t got = process_vm_readv(pid, &own, 1, &theirs, 1, 0);
    if (got <= 0) return false;
    if (memchr(text + done, 0, (size_t)got)) return true;
    done += (size_t)got;
  }
  return false;
}

/* Takes out `.`, `..` and double slashes of an absolute path. */
static void normalize(const char *path, char *result) {
  size_t length = 0;
  while (*path) {
    const char *end = strchrnul(path, '/');
    const size_t count = (size_t)(end - path);
    if (count == 2 && path[0] == '.' && path[1] == '.') {
      while (length && result[--length] != '/') {}
    } else if (count && !(count == 1 && path[0] == '.')) {
      result[length++] = '/';
      memcpy(result + length, path, count);
      length += count;
    }
    path = *end ? end + 1 : end;
  }
  if (!length) result[length++] = '/';
  result[length] = 0;
}

/* The absolute path of a text that is relative to a folder of the process. */
static bool resolve(pid_t pid, int folder, uint64_t address, char *result) {
  char text[PATH_MAX + 1], link[64], whole[2 * PATH_MAX + 2];
  if (!read_text(pid, address, text)) return false;
  if (text[0] == '/') return normalize(text, result), true;
  if (folder == AT_FDCWD) {
    snprintf(link, sizeof link, "/proc/%d/cwd", (int)pid);
  } else {
    snprintf(link, sizeof link, "/proc/%d/fd/%d", (int)pid, folder);
  }
  const ssize_t length = readlink(link, whole, PATH_MAX);
  if (length <= 0 || whole[0] != '/') return false;
  snprintf(whole + length, sizeof whole - (size_t)length, "/%s", text);
  normalize(whole, result);
  return true;
}

static bool is_beneath(const char *path, const char *place) {
  const size_t length = strlen(place);
  return strncmp(path, place, length) == 0 && (path[length] == 0 || path[length] == '/');
}

static bool is_allowed(pid_t pid, const char *path) {
  char own[32];
  snprintf(own, sizeof own, "/proc/%d", (int)pid);
  if (is_beneath(path, own) || is_beneath(path, "/proc/self") || is_beneath(path, "/proc/thread-self")) return true;
  for (int i = 0; i < place_count; i++)
    if (is_beneath(path, places[i])) return true;
  return false;
}

static bool exists(const char *path) {
  struct stat status;
  return lstat(path, &status) == 0;
}

struct change { const char *before, *after; int folder; uint64_t path; bool needs_absence, needs_presence; };

/* What a system call would change. */
static struct change change_of(const struct seccomp_data *call) {
  const __u64 *args = call->args;
  const int here = AT_FDCWD, at = (int)args[0];
  switch (call->nr) {
#ifdef SYS_open
    case SYS_open: return (struct change){"opens '", "' to write", here, args[0], false, !(args[1] & O_CREAT)};
    case SYS_creat: return (struct change){"opens '", "' to write", here, args[0], false, false};
    case SYS_mkdir: return (struct change){"makes the folder '", "'", here, args[0], true, false};
    case SYS_rename: return (struct change){"renames '", "'", here, args[0], false, true};
    case SYS_link: return (struct change){"makes the link '", "'", here, args[1], true, false};
    case SYS_symlink: return (struct change){"makes the link '", "'", here, args[1], true, false};
    case SYS_unlink:
    case SYS_rmdir: return (struct change){"removes '", "'", here, args[0], false, true};
#endif
#ifdef SYS_renameat
    case SYS_renameat: return (struct change){"renames '", "'", at, args[1], false, true};
#endif
    case SYS_openat: return (struct change){"opens '", "' to write", at, args[1], false, !(args[2] & O_CREAT)};
    case SYS_mkdirat: return (struct change){"makes the folder '", "'", at, args[1], true, false};
    case SYS_renameat2: return (struct change){"renames '", "'", at, args[1], false, true};
    case SYS_linkat: return (struct change){"makes the link '", "'", (int)args[2], args[3], true, false};
    case SYS_symlinkat: return (struct change){"makes the link '", "'", (int)args[1], args[2], true, false};
    case SYS_unlinkat: return (struct change){"removes '", "'", at, args[1], false, true};
    default: return (struct change){"changes '", "'", here, args[0], false, true};
  }
}

/* 0 to let it go on. */
static int judge(const struct seccomp_notif *asked) {
  char path[2 * PATH_MAX + 2];
  const pid_t pid = (pid_t)asked->pid;
  if (asked->data.nr == SYS_socket) {
    note("opens a socket of the Internet", "", "");
    return -EACCES;
  }
  const struct change change = change_of(&asked->data);
  if (!resolve(pid, change.folder, change.path, path) || is_allowed(pid, path)) return 0;
  // It fails by itself, and changes nothing: what is there already, as with all folders of a path, or what is not.
  if (change.needs_absence ? exists(path) : change.needs_presence && !exists(path)) return 0;
  note(change.before, path, change.after);
  return -EACCES;
}

static void *attend(void *unused) {
  union { struct seccomp_notif asked; char room[1024]; } asked;
  union { struct seccomp_notif_resp answer; char room[1024]; } answer;
  while (sem_wait(&is_ready) != 0) {}
  while (listener >= 0) {
    memset(&asked, 0, sizeof asked);
    memset(&answer, 0, sizeof answer);
    if (ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &asked) != 0) {
      if (errno == EINTR || errno == ENOENT) continue;
      break;
    }
    answer.answer.id = asked.asked.id;
    answer.answer.error = judge(&asked.asked);
    if (!answer.answer.error) answer.answer.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
    ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &answer);
  }
  return unused;
}

static void add_places(const char *const *paths) {
  for (int i = 0; paths[i] && place_count < place_limit; i++) {
    char *real = realpath(paths[i], NULL);
    if (real) places[place_count++] = real;
  }
}

static bool fits(void) {
  struct seccomp_notif_sizes sizes;
  return syscall(SYS_seccomp, SECCOMP_GET_NOTIF_SIZES, 0, &sizes) == 0 && sizes.seccomp_notif <= 1024 &&
         sizes.seccomp_notif_resp <= 1024;
}

bool rp_watch_prepare(const char *const *harmless, const char *const *writable) {
  sigset_t all, before;
  pthread_t thread;
  if (!fits() || sem_init(&is_ready, 0, 0) != 0) return false;
  add_places(harmless);
  add_places(writable);
  sigfillset(&all);
  // Signals are for the threads that there were.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const bool begins = pthread_create(&thread, NULL, attend, NULL) == 0;
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (begins) pthread_detach(thread);
  return begins;
}

void rp_watch_begin(int kernel) {
  listener = kernel;
  sem_post(&is_ready);
}
