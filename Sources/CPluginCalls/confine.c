#define _GNU_SOURCE
#include "include/confinement.h"

#include "watch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

// MARK: - Landlock. Declared here: headers of the system may be older than its kernel.

enum { create_ruleset = 444, add_rule = 445, restrict_self = 446, version_flag = 1, path_beneath = 1 };
enum {
  write_file = 1 << 1, remove_and_make = 0x1FF0, refer = 1 << 13, truncate_file = 1 << 14, /* of fs */
  bind_and_connect = 3, /* of net */
  scope_signal = 1 << 1
};

struct ruleset { uint64_t fs, net, scoped; };
struct beneath { uint64_t access; int32_t parent; } __attribute__((packed));

/* What may be written to wherever a process runs: it keeps nothing. */
static const char *const harmless[] = {"/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/shm", "/proc/self", NULL};

/* The version of Landlock; 0 where there is none. */
static long landlock_version(void) {
  const long version = syscall(create_ruleset, NULL, 0, version_flag);
  return version > 0 ? version : 0;
}

static uint64_t handled(long version) {
  return write_file | remove_and_make | (version >= 2 ? refer : 0) | (version >= 3 ? truncate_file : 0);
}

static void allow(int ruleset, long version, const char *path) {
  struct stat status;
  struct beneath rule = {.parent = open(path, O_PATH | O_CLOEXEC)};
  if (rule.parent < 0) return;
  const bool is_folder = fstat(rule.parent, &status) == 0 && S_ISDIR(status.st_mode);
  rule.access = is_folder ? handled(version) : handled(version) & (write_file | truncate_file);
  syscall(add_rule, ruleset, path_beneath, &rule, 0);
  close(rule.parent);
}

static uint32_t confine_files(const char *const *writable) {
  const long version = landlock_version();
  if (!version) return 0;
  const struct ruleset rules = {
    handled(version), version >= 4 ? bind_and_connect : 0, version >= 6 ? scope_signal : 0};
  const int ruleset = (int)syscall(create_ruleset, &rules, sizeof rules, 0);
  if (ruleset < 0) return 0;
  for (int i = 0; harmless[i]; i++) allow(ruleset, version, harmless[i]);
  for (int i = 0; writable[i]; i++) allow(ruleset, version, writable[i]);
  const bool holds = syscall(restrict_self, ruleset, 0) == 0;
  close(ruleset);
  return holds ? RP_CONFINED_FILES | (version >= 6 ? RP_CONFINED_SIGNALS : 0) : 0;
}

// MARK: - seccomp.

#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))
#define RETURN(what) BPF_STMT(BPF_RET | BPF_K, what)
/* The next instruction is for `value` alone. */
#define IF(value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, 1)
/* The next `count` instructions are. */
#define IF_THESE(value, count) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, count)
#define WATCH(call) IF(call), RETURN(SECCOMP_RET_USER_NOTIF)
/* Opening counts where the flags say that something may change; the lower halves come first. */
#define WATCH_OPEN(call, flags)                                                                                       \
  IF_THESE(call, 4), LOAD(args[flags]),                                                                                \
    BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, O_WRONLY | O_RDWR | O_CREAT | O_TRUNC, 0, 1), RETURN(SECCOMP_RET_USER_NOTIF), \
    RETURN(SECCOMP_RET_ALLOW)
#define SOCKETS(action)                                                                                                \
  IF_THESE(SYS_socket, 8), LOAD(args[0]), IF(AF_INET), RETURN(action), IF(AF_INET6), RETURN(action), IF(AF_PACKET),    \
    RETURN(action), RETURN(SECCOMP_RET_ALLOW)

static long install(const struct sock_filter *filter, unsigned short count, unsigned flags) {
  const struct sock_fprog program = {.len = count, .filter = (struct sock_filter *)filter};
  return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program);
}

static uint32_t confine_network(void) {
  static const struct sock_filter filter[] = {
    LOAD(nr), SOCKETS(SECCOMP_RET_ERRNO | EACCES), RETURN(SECCOMP_RET_ALLOW)};
  return install(filter, sizeof filter / sizeof *filter, 0) == 0 ? RP_CONFINED_NETWORK : 0;
}

static uint32_t watch(const char *const *writable) {
  static const struct sock_filter filter[] = {
    LOAD(nr), SOCKETS(SECCOMP_RET_USER_NOTIF), WATCH_OPEN(SYS_openat, 2),
#ifdef SYS_open
    WATCH_OPEN(SYS_open, 1), WATCH(SYS_creat), WATCH(SYS_mkdir), WATCH(SYS_rename), WATCH(SYS_link),
    WATCH(SYS_symlink), WATCH(SYS_unlink), WATCH(SYS_rmdir),
#endif
#ifdef SYS_renameat
    WATCH(SYS_renameat),
#endif
    WATCH(SYS_mkdirat), WATCH(SYS_renameat2), WATCH(SYS_linkat), WATCH(SYS_symlinkat), WATCH(SYS_unlinkat),
    WATCH(SYS_truncate), RETURN(SECCOMP_RET_ALLOW)};
  if (!rp_watch_prepare(harmless, writable)) return 0;
  const long listener = install(filter, sizeof filter / sizeof *filter, SECCOMP_FILTER_FLAG_NEW_LISTENER);
  rp_watch_begin((int)listener);
  return listener >= 0 ? RP_CONFINED_NETWORK | RP_CONFINED_WATCHED : 0;
}

static bool offers(uint32_t action) { return syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0; }

uint32_t rp_confinement_offered(void) {
  const long version = landlock_version();
  return (version ? RP_CONFINED_FILES : 0) | (version >= 6 ? RP_CONFINED_SIGNALS : 0) |
         (offers(SECCOMP_RET_ERRNO) ? RP_CONFINED_NETWORK : 0) |
         (offers(SECCOMP_RET_USER_NOTIF) ? RP_CONFINED_WATCHED : 0);
}

uint32_t rp_confine(const char *const *writable, bool is_watched) {
  // Without it only root may confine itself.
  if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) return 0;
  uint32_t holds = is_watched ? watch(writable) : 0;
  if (!holds) holds = confine_network();
  return holds | confine_files(writable);
}
