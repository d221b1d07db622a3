#define _GNU_SOURCE
#include "include/child_process.h"

#include "spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { pipe_count = 3, group_count = 256, step_without_pidfd = 5 };
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
  int error; /* an errno, and the system call that failed */
  const char *step;
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
  struct rp_start start = {.request = run->request, .descriptors = {run->null, run->streams[output_pipe].writer,
    run->streams[error_pipe].writer, run->streams[record_pipe].writer}};
  run->pid = rp_spawn(&start);
  for (int i = 0; i < pipe_count; i++) close_end(&run->streams[i].writer);
  if (run->pid > 0) run->pidfd = (int)syscall(SYS_pidfd_open, run->pid, 0);
  run->error = start.error;
  run->step = start.step;
  return run->pid > 0;
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
