#define _GNU_SOURCE
#include "include/own_process.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <malloc.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

void rp_adopt_orphans(void) { prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0); }

/* Jumps count the instructions that are left out. */
#define IS(value, then, otherwise) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), then, otherwise)
#define LOAD(member) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, member))

bool rp_spare_parent(void) {
  const pid_t parent = getppid();
  struct sock_filter filter[] = {
    LOAD(nr),
    IS(SYS_kill, 5, 0), IS(SYS_tkill, 4, 0), IS(SYS_tgkill, 3, 0), IS(SYS_rt_sigqueueinfo, 2, 0),
    IS(SYS_rt_tgsigqueueinfo, 1, 0), IS(SYS_pidfd_send_signal, 5, 4),
    LOAD(args[0]), // the lower half: processors are little-endian
    IS(parent, 3, 0), IS(-getpgid(parent), 2, 0), IS(-1, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
  };
  const struct sock_fprog program = {.len = sizeof filter / sizeof *filter, .filter = filter};
  // Without it only root may have a filter.
  return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
}

int32_t rp_fork(void) { return fork(); }

uint64_t rp_allocated_bytes(void) {
  const struct mallinfo2 info = mallinfo2();
  return (uint64_t)info.uordblks + (uint64_t)info.hblkhd;
}
