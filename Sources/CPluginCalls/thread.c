#define _GNU_SOURCE
#include "thread.h"

#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { signal_stack_size = 64 * 1024, sufficient_stack_size = 16 * 1024 };

struct rp_block {
  struct rp_block *older; /* the watchdog may still be reading it */
  struct rp_frame frames[];
};

__thread struct rp_thread *rp_self;
uint32_t rp_settings = 1;

static struct rp_thread *threads;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;

struct rp_thread *rp_all_threads(void) { return __atomic_load_n(&threads, __ATOMIC_ACQUIRE); }

bool rp_any_call(void) {
  for (const struct rp_thread *thread = rp_all_threads(); thread; thread = thread->next)
    if (__atomic_load_n(&thread->depth, __ATOMIC_SEQ_CST)) return true;
  return false;
}

static void free_signal_stack(struct rp_thread *thread) {
  stack_t none = {.ss_flags = SS_DISABLE}, present;
  if (!thread->stack) return;
  size_t guard = (size_t)sysconf(_SC_PAGESIZE);
  // Another library may have put its own in the place of ours.
  if (sigaltstack(NULL, &present) == 0 && present.ss_sp == (char *)thread->stack + guard) sigaltstack(&none, NULL);
  munmap(thread->stack, signal_stack_size + guard);
  thread->stack = NULL;
}

static void leave_thread(void *record) {
  struct rp_thread *thread = record;
  // Code without unwind tables ends its thread without the guard's being told.
  if (thread->depth > 0 && rp_is_home()) rp_report_thread_end(thread);
  free_signal_stack(thread);
  rp_self = NULL;
  __atomic_store_n(&thread->is_owned, 0, __ATOMIC_RELEASE);
}

static void make_key(void) { pthread_key_create(&key, leave_thread); }

static struct rp_thread *claim_used(void) {
  for (struct rp_thread *thread = rp_all_threads(); thread; thread = thread->next) {
    uint32_t expected = 0;
    if (__atomic_compare_exchange_n(&thread->is_owned, &expected, 1, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED))
      return thread;
  }
  return NULL;
}

static struct rp_thread *make_new(void) {
  struct rp_thread *thread = calloc(1, sizeof *thread);
  if (!thread) return NULL;
  thread->is_owned = 1;
  thread->frames = thread->few;
  thread->capacity = sizeof thread->few / sizeof *thread->few;
  thread->next = rp_all_threads();
  while (!__atomic_compare_exchange_n(&threads, &thread->next, thread, true, __ATOMIC_RELEASE, __ATOMIC_RELAXED)) {}
  return thread;
}

struct rp_thread *rp_enter_thread(void) {
  pthread_once(&once, make_key);
  struct rp_thread *thread = claim_used();
  if (!thread) thread = make_new();
  if (!thread) return NULL;
  thread->settings = 0;
  pthread_setspecific(key, thread);
  rp_self = thread;
  return thread;
}

void rp_catch_up(struct rp_thread *thread) {
  thread->settings = __atomic_load_n(&rp_settings, __ATOMIC_ACQUIRE);
  if (rp_handlers_wanted()) rp_make_signal_stack(thread);
  if (__atomic_load_n(&rp_limit, __ATOMIC_RELAXED)) rp_start_watchdog();
}

bool rp_grow(struct rp_thread *thread) {
  size_t size = sizeof(struct rp_frame) * thread->capacity;
  struct rp_block *block = malloc(sizeof *block + 2 * size);
  if (!block) return false;
  block->older = thread->block;
  memcpy(block->frames, thread->frames, size);
  thread->block = block;
  thread->capacity *= 2;
  __atomic_store_n(&thread->frames, block->frames, __ATOMIC_RELEASE);
  return true;
}

void rp_make_signal_stack(struct rp_thread *thread) {
  stack_t present;
  if (thread->stack || sigaltstack(NULL, &present) != 0) return;
  if (!(present.ss_flags & SS_DISABLE) && present.ss_size >= sufficient_stack_size) return;
  size_t guard = (size_t)sysconf(_SC_PAGESIZE);
  char *start = mmap(NULL, signal_stack_size + guard, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
  if (start == MAP_FAILED) return;
  mprotect(start, guard, PROT_NONE);
  stack_t stack = {.ss_sp = start + guard, .ss_size = signal_stack_size};
  if (sigaltstack(&stack, NULL) == 0) thread->stack = start;
  else munmap(start, signal_stack_size + guard);
}
