#define _GNU_SOURCE
#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { signal_limit = 65 };

// MARK: - In the child, before it is another program: system calls only, in memory that it shares with us.

static _Noreturn void give_up(struct rp_start *start, const char *step) {
  start->error = errno;
  start->step = step;
  _exit(127);
}

static void limit(struct rp_start *start, int resource, uint64_t soft, uint64_t hard, const char *step) {
  struct rlimit both = {soft, hard}, present;
  // What is limited already stays so: only root could raise it.
  if (getrlimit((__rlimit_resource_t)resource, &present) == 0) {
    if (hard > present.rlim_max) both.rlim_max = present.rlim_max;
    if (soft > both.rlim_max) both.rlim_cur = both.rlim_max;
  }
  if (setrlimit((__rlimit_resource_t)resource, &both) != 0) give_up(start, step);
}

static void set_limits(struct rp_start *start) {
  const rp_child_request *wanted = start->request;
  uint64_t cpu = wanted->cpu_seconds, memory = wanted->memory_bytes, file = wanted->file_bytes;
  uint64_t open = wanted->open_files;
  limit(start, RLIMIT_CORE, 0, 0, "setrlimit(RLIMIT_CORE)");
  // A second of grace, so that the signal says which limit it was: SIGXCPU.
  if (cpu) limit(start, RLIMIT_CPU, cpu, cpu + 1, "setrlimit(RLIMIT_CPU)");
  if (memory) limit(start, RLIMIT_AS, memory, memory, "setrlimit(RLIMIT_AS)");
  if (file) limit(start, RLIMIT_FSIZE, file, file, "setrlimit(RLIMIT_FSIZE)");
  if (open) limit(start, RLIMIT_NOFILE, open, open, "setrlimit(RLIMIT_NOFILE)");
}

static void place_descriptors(struct rp_start *start) {
  int sources[rp_descriptor_count];
  // First out of the way of the numbers that they are to have.
  for (int i = 0; i < rp_descriptor_count; i++)
    if ((sources[i] = fcntl(start->descriptors[i], F_DUPFD_CLOEXEC, rp_descriptor_count)) < 0) give_up(start, "fcntl");
  for (int i = 0; i < rp_descriptor_count; i++)
    if (dup2(sources[i], i) < 0) give_up(start, "dup2");
  // Descriptors of this process that lack close-on-exec are none of the child's business.
  const unsigned cloexec = 1u << 2;
  syscall(SYS_close_range, (unsigned)rp_descriptor_count, ~0u, cloexec);
}

static void reset_signals(void) {
  struct sigaction action;
  for (int signal = 1; signal < signal_limit; signal++) {
    // Handlers of ours must not run here, in memory that is ours.
    if (sigaction(signal, NULL, &action) != 0 || action.sa_handler == SIG_DFL) continue;
    memset(&action, 0, sizeof action);
    action.sa_handler = SIG_DFL;
    sigaction(signal, &action, NULL);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void become(struct rp_start *start, pid_t parent) {
  const rp_child_request *request = start->request;
  if (setpgid(0, 0) != 0) give_up(start, "setpgid");
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(start, "prctl");
  if (getppid() != parent) _exit(127);
  place_descriptors(start);
  if (request->folder && chdir(request->folder) != 0) give_up(start, "chdir");
  set_limits(start);
  reset_signals();
  execve(request->executable, (char *const *)request->arguments, (char *const *)request->environment);
  give_up(start, "execve");
}

// MARK: - In this process.

// Apart, so that nothing that vfork might clobber is in its frame.
static __attribute__((noinline)) pid_t begin(struct rp_start *start) {
  pid_t parent = getpid();
  pid_t pid = vfork();
  if (pid == 0) become(start, parent);
  return pid;
}

pid_t rp_spawn(struct rp_start *start) {
  sigset_t all, before;
  sigfillset(&all);
  // No handler of ours may run in the child.
  pthread_sigmask(SIG_SETMASK, &all, &before);
  pid_t pid = begin(start);
  if (pid < 0) {
    start->error = errno;
    start->step = "vfork";
  }
  pthread_sigmask(SIG_SETMASK, &before, NULL);
  if (start->error == 0) return pid;
  while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR) {}
  return -1;
}
