#define _GNU_SOURCE
#include "include/child_process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { record_descriptor = 3, pipe_count = 3, group_count = 256, step_without_pidfd = 5, signal_limit = 65 };
/* How often a pipe is read in a row: a program that never stops writing must not keep us from looking at the clock. */
enum { reads_at_a_time = 16, reads_at_the_end = 512, least_tail = 4096 };
enum { record_pipe, output_pipe, error_pipe };

/* Groups that are running, for rp_child_kill_all. */
static pid_t groups[group_count];

/* One pipe's reading end, and what came out of it. */
struct stream {
  int reader, writer;
  bool keeps_tail;
  uint64_t limit;
  size_t room;
  rp_bytes bytes;
};

struct run {
  const rp_child_request *request;
  struct stream streams[pipe_count];
  int null, pidfd;
  pid_t pid;
  sigset_t mask; /* of this thread, before */
  /* Written by the child, which shares our memory until it is another program. */
  volatile int error;
  const char *volatile step;
};

static uint64_t nanoseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec;
}

static bool failed(struct run *run, const char *step) {
  run->error = errno;
  run->step = step;
  return false;
}

static void close_end(int *descriptor) {
  if (*descriptor >= 0) close(*descriptor);
  *descriptor = -1;
}

// MARK: - In the child, before it is another program: system calls only.

static _Noreturn void give_up(struct run *run, const char *step) {
  failed(run, step);
  _exit(127);
}

static void limit(struct run *run, int resource, uint64_t soft, uint64_t hard, const char *step) {
  struct rlimit both = {soft, hard}, present;
  // What is limited already stays so: only root could raise it.
  if (getrlimit((__rlimit_resource_t)resource, &present) == 0) {
    if (hard > present.rlim_max) both.rlim_max = present.rlim_max;
    if (soft > both.rlim_max) both.rlim_cur = both.rlim_max;
  }
  if (setrlimit((__rlimit_resource_t)resource, &both) != 0) give_up(run, step);
}

static void set_limits(struct run *run) {
  const rp_child_request *wanted = run->request;
  uint64_t cpu = wanted->cpu_seconds, memory = wanted->memory_bytes;
  limit(run, RLIMIT_CORE, 0, 0, "setrlimit(RLIMIT_CORE)");
  // A second of grace, so that the signal says which limit it was: SIGXCPU.
  if (cpu) limit(run, RLIMIT_CPU, cpu, cpu + 1, "setrlimit(RLIMIT_CPU)");
  if (memory) limit(run, RLIMIT_AS, memory, memory, "setrlimit(RLIMIT_AS)");
  if (wanted->file_bytes) limit(run, RLIMIT_FSIZE, wanted->file_bytes, wanted->file_bytes, "setrlimit(RLIMIT_FSIZE)");
  if (wanted->open_files) limit(run, RLIMIT_NOFILE, wanted->open_files, wanted->open_files, "setrlimit(RLIMIT_NOFILE)");
}

static void place_descriptors(struct run *run) {
  int sources[] = {run->null, run->streams[output_pipe].writer, run->streams[error_pipe].writer,
                   run->streams[record_pipe].writer};
  // First out of the way of the numbers that they are to have.
  for (int i = 0; i <= record_descriptor; i++)
    if ((sources[i] = fcntl(sources[i], F_DUPFD_CLOEXEC, record_descriptor + 1)) < 0) give_up(run, "fcntl");
  for (int i = 0; i <= record_descriptor; i++)
    if (dup2(sources[i], i) < 0) give_up(run, "dup2");
  // Descriptors of this process that lack close-on-exec are none of the child's business.
  const unsigned cloexec = 1u << 2;
  syscall(SYS_close_range, (unsigned)record_descriptor + 1, ~0u, cloexec);
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

static _Noreturn void become(struct run *run, pid_t parent) {
  const rp_child_request *request = run->request;
  if (setpgid(0, 0) != 0) give_up(run, "setpgid");
  if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) give_up(run, "prctl");
  if (getppid() != parent) _exit(127);
  place_descriptors(run);
  if (request->folder && chdir(request->folder) != 0) give_up(run, "chdir");
  set_limits(run);
  reset_signals();
  execve(request->executable, (char *const *)request->arguments, (char *const *)request->environment);
  give_up(run, "execve");
}

// MARK: - In this process.

static bool open_all(struct run *run) {
  for (int i = 0; i < pipe_count; i++) {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return failed(run, "pipe");
    run->streams[i].reader = ends[0];
    run->streams[i].writer = ends[1];
    if (fcntl(ends[0], F_SETFL, O_NONBLOCK) != 0) return failed(run, "fcntl");
  }
  run->null = open("/dev/null", O_RDONLY | O_CLOEXEC);
  return run->null >= 0 || failed(run, "open(/dev/null)");
}

static void close_all(struct run *run) {
  for (int i = 0; i < pipe_count; i++) {
    close_end(&run->streams[i].reader);
    close_end(&run->streams[i].writer);
  }
  close_end(&run->null);
  close_end(&run->pidfd);
}

// Apart, so that nothing that vfork might clobber is in its frame.
static __attribute__((noinline)) pid_t start(struct run *run) {
  pid_t parent = getpid();
  pid_t pid = vfork();
  if (pid == 0) become(run, parent);
  return pid;
}

static int enter_group(pid_t pid) {
  for (int i = 0; i < group_count; i++) {
    pid_t expected = 0;
    if (__atomic_compare_exchange_n(&groups[i], &expected, pid, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) return i;
  }
  return -1;
}

static void leave_group(int slot) {
  if (slot >= 0) __atomic_store_n(&groups[slot], 0, __ATOMIC_RELEASE);
}

void rp_child_kill_all(void) {
  for (int i = 0; i < group_count; i++) {
    pid_t group = __atomic_load_n(&groups[i], __ATOMIC_ACQUIRE);
    if (group > 0) kill(-group, SIGKILL);
  }
}

static bool spawn(struct run *run) {
  sigset_t all;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &run->mask);
  run->pid = start(run);
  int error = errno;
  pthread_sigmask(SIG_SETMASK, &run->mask, NULL);
  errno = error;
  if (run->pid < 0) return failed(run, "vfork");
  for (int i = 0; i < pipe_count; i++) close_end(&run->streams[i].writer);
  if (run->error == 0) {
    run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
    return true;
  }
  while (waitpid(run->pid, NULL, 0) < 0 && errno == EINTR) {}
  return false;
}

/* Room for at least one byte more, or false: nothing more is kept. */
static bool make_room(struct stream *stream) {
  // A short tail is cut from a longer one, so that reading goes on in large pieces.
  size_t tail = stream->limit < least_tail ? least_tail : stream->limit;
  size_t largest = stream->keeps_tail ? 2 * tail : stream->limit;
  if (stream->bytes.count < stream->room) return true;
  if (stream->room < largest) {
    size_t room = stream->room ? 2 * stream->room : 4096;
    if (room > largest) room = largest;
    uint8_t *grown = realloc(stream->bytes.start, room);
    if (!grown) return false;
    stream->bytes.start = grown;
    stream->room = room;
    return true;
  }
  if (!stream->keeps_tail) return false;
  memmove(stream->bytes.start, stream->bytes.start + tail, tail);
  stream->bytes.count -= tail;
  stream->bytes.dropped += tail;
  return true;
}

/* Reads what is there now. */
static void drain(struct stream *stream, int reads) {
  char waste[4096];
  while (stream->reader >= 0 && reads-- > 0) {
    bool keeps = make_room(stream);
    uint8_t *target = keeps ? stream->bytes.start + stream->bytes.count : (uint8_t *)waste;
    ssize_t got = read(stream->reader, target, keeps ? stream->room - stream->bytes.count : sizeof waste);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return;
    if (got <= 0) return close_end(&stream->reader);
    *(keeps ? &stream->bytes.count : &stream->bytes.dropped) += (uint64_t)got;
  }
}

/* Whether the program has ended; it stays a zombie, so that its group's number is not given to others. */
static bool has_ended(const struct run *run) {
  siginfo_t info = {0};
  return waitid(P_PID, (id_t)run->pid, &info, WEXITED | WNOHANG | WNOWAIT) != 0 ? errno == ECHILD : info.si_pid != 0;
}

/* Milliseconds that poll may take: up to the deadline, rounded up; -1 for ever. */
static int patience(const struct run *run, uint64_t deadline, uint64_t now) {
  uint64_t wait = deadline ? (deadline - now + 999999) / 1000000 : UINT64_MAX;
  if (run->pidfd < 0 && wait > step_without_pidfd) return step_without_pidfd;
  return wait > INT32_MAX ? (deadline ? INT32_MAX : -1) : (int)wait;
}

/* Until the program's end or the deadline; whether it was the deadline. */
static bool attend(struct run *run, uint64_t deadline) {
  for (;;) {
    struct pollfd polled[pipe_count + 1] = {[pipe_count] = {run->pidfd, POLLIN, 0}};
    for (int i = 0; i < pipe_count; i++) polled[i] = (struct pollfd){run->streams[i].reader, POLLIN, 0};
    uint64_t now = nanoseconds();
    if (deadline && now >= deadline) return !has_ended(run);
    poll(polled, pipe_count + 1, patience(run, deadline, now));
    for (int i = 0; i < pipe_count; i++)
      if (polled[i].revents) drain(&run->streams[i], reads_at_a_time);
    if ((polled[pipe_count].revents || run->pidfd < 0) && has_ended(run)) return false;
  }
}

static void reap(struct run *run, rp_child_result *result) {
  struct rusage usage = {0};
  int status = 0;
  pid_t got;
  while ((got = wait4(run->pid, &status, 0, &usage)) < 0 && errno == EINTR) {}
  // Somebody else in this process has waited for it: how it ended is not known.
  result->status = got == run->pid && WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  result->signal = got == run->pid && WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  result->cpu_nanoseconds = (uint64_t)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1000000000 +
                            (uint64_t)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1000;
}

static rp_bytes finished(struct stream *stream) {
  rp_bytes bytes = stream->bytes;
  if (bytes.count > stream->limit) {
    uint64_t excess = bytes.count - stream->limit;
    memmove(bytes.start, bytes.start + excess, stream->limit);
    bytes.count = stream->limit;
    bytes.dropped += excess;
  }
  return bytes;
}

static void finish(struct run *run, rp_child_result *result) {
  // The group while its leader is a zombie, so that nobody else can have its number.
  kill(-run->pid, SIGKILL);
  reap(run, result);
  for (int i = 0; i < pipe_count; i++) drain(&run->streams[i], reads_at_the_end);
  result->record = finished(&run->streams[record_pipe]);
  result->output = finished(&run->streams[output_pipe]);
  result->errors = finished(&run->streams[error_pipe]);
}

bool rp_child_run(const rp_child_request *request, rp_child_result *result) {
  struct run run = {.request = request, .null = -1, .pidfd = -1, .streams = {{.reader = -1, .writer = -1,
    .limit = request->record_bytes}, {.reader = -1, .writer = -1, .limit = request->output_bytes},
    {.reader = -1, .writer = -1, .limit = request->error_bytes, .keeps_tail = true}}};
  memset(result, 0, sizeof *result);
  uint64_t began = nanoseconds();
  if (open_all(&run) && spawn(&run)) {
    int slot = enter_group(run.pid);
    result->timed_out = attend(&run, request->wall_milliseconds ? began + request->wall_milliseconds * 1000000 : 0);
    leave_group(slot);
    finish(&run, result);
    result->wall_nanoseconds = nanoseconds() - began;
  } else {
    result->error = run.error;
    result->step = run.step;
    result->status = -1;
  }
  close_all(&run);
  return result->error == 0;
}

void rp_child_free(rp_child_result *result) {
  free(result->record.start);
  free(result->output.start);
  free(result->errors.start);
  memset(result, 0, sizeof *result);
}
