#define _GNU_SOURCE
#include "include/fatal_report.h"

#include "line.h"
#include "report.h"

#include <pthread.h>
#include <signal.h>
#include <time.h>

enum { steps_in_limit = 16, longest_step = 250, watchdog_stack = 256 * 1024 };

uint64_t rp_clock;
uint64_t rp_limit;

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t limit_set = PTHREAD_COND_INITIALIZER;
static bool is_running;

static uint64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void report_limit(const struct rp_thread *thread, uint64_t limit) {
  rp_line detail = {0};
  struct rp_incident incident = {.end = RP_END_TIME, .detail = detail.text};
  rp_line_add_number(&detail, limit / 1000);
  if (limit % 1000) {
    char part[] = {'.', (char)('0' + limit / 100 % 10), (char)('0' + limit / 10 % 10), (char)('0' + limit % 10), 0};
    for (int last = 3; part[last] == '0'; last--) part[last] = 0;
    rp_line_add(&detail, part);
  }
  rp_line_add(&detail, " s");
  rp_name_calls(&incident, thread);
  // It may have come back at the last moment.
  if (incident.n_calls > 0) rp_report(&incident);
}

/* Only the innermost call of a thread is in a plugin's code: those around it have called the host. */
static void look(uint64_t now, uint64_t oldest, uint64_t limit) {
  for (const struct rp_thread *thread = rp_all_threads(); thread; thread = thread->next) {
    uint32_t depth = __atomic_load_n(&thread->depth, __ATOMIC_ACQUIRE);
    if (!depth) continue;
    const struct rp_frame *frame = __atomic_load_n(&thread->frames, __ATOMIC_ACQUIRE) + depth - 1;
    if (__atomic_load_n(&frame->left, __ATOMIC_ACQUIRE) != rp_in_plugin) continue;
    uint64_t began = __atomic_load_n(&frame->began, __ATOMIC_RELAXED);
    if (now > began && now - began > oldest) report_limit(thread, limit);
  }
}

static uint64_t wait_for_limit(void) {
  pthread_mutex_lock(&lock);
  while (!rp_limit) pthread_cond_wait(&limit_set, &lock);
  uint64_t limit = rp_limit;
  pthread_mutex_unlock(&lock);
  return limit;
}

static void *watch(void *unused) {
  for (uint64_t before = milliseconds();;) {
    uint64_t limit = wait_for_limit();
    uint64_t step = limit / steps_in_limit;
    step = step < 1 ? 1 : step > longest_step ? longest_step : step;
    struct timespec pause = {0, (long)step * 1000000};
    nanosleep(&pause, NULL);
    uint64_t after = milliseconds(), passed = after - before;
    before = after;
    // A longer pause means that the whole process was stopped, or the machine was: nobody could have come back.
    if (passed > 2 * step) passed = 2 * step;
    uint64_t now = __atomic_add_fetch(&rp_clock, passed, __ATOMIC_RELAXED);
    // It may be another one by now. A call's beginning is known to a step, so it gets one more.
    limit = __atomic_load_n(&rp_limit, __ATOMIC_RELAXED);
    if (limit) look(now, limit + 2 * step, limit);
  }
  return unused;
}

void rp_start_watchdog(void) {
  pthread_mutex_lock(&lock);
  if (!is_running) {
    pthread_attr_t attributes;
    pthread_t thread;
    sigset_t all, before;
    // Its thread must not be the one that is interrupted.
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    pthread_attr_init(&attributes);
    pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
    pthread_attr_setstacksize(&attributes, watchdog_stack);
    is_running = pthread_create(&thread, &attributes, watch, NULL) == 0;
    pthread_attr_destroy(&attributes);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  pthread_mutex_unlock(&lock);
}

void rp_set_time_limit(double seconds) {
  const double longest = 1e12;
  pthread_mutex_lock(&lock);
  uint64_t limit = seconds > 0 ? (uint64_t)(seconds < longest ? seconds * 1000 : longest * 1000) : 0;
  // Less than a millisecond is not none.
  __atomic_store_n(&rp_limit, limit || !(seconds > 0) ? limit : 1, __ATOMIC_RELAXED);
  __atomic_fetch_add(&rp_settings, 1, __ATOMIC_RELEASE);
  pthread_cond_signal(&limit_set);
  pthread_mutex_unlock(&lock);
}
