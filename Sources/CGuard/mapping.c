#define _GNU_SOURCE
#include "include/guard.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { slot_count = 1024, slot_free = 0, slot_claimed = 1, slot_live = 2 };

struct slot {
  _Atomic int state;
  _Atomic int faulted;
  _Atomic uintptr_t start;
  _Atomic uintptr_t end;
};

static struct slot slots[slot_count];
static struct sigaction previous;
static uintptr_t page_size;

// Only what is async-signal-safe on Linux: atomics without locks, and the mmap system call.
static int cover(uintptr_t address) {
  for (int i = 0; i < slot_count; i++) {
    struct slot *slot = &slots[i];
    if (atomic_load_explicit(&slot->state, memory_order_acquire) != slot_live) continue;
    uintptr_t start = atomic_load_explicit(&slot->start, memory_order_relaxed);
    uintptr_t end = atomic_load_explicit(&slot->end, memory_order_relaxed);
    if (address < start || address >= end) continue;
    uintptr_t page = address & ~(page_size - 1);
    // All pages behind the first missing one are missing too: one fault covers them all.
    void *zeros = mmap((void *)page, end - page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    if (zeros == MAP_FAILED) return 0;
    atomic_store_explicit(&slot->faulted, 1, memory_order_release);
    return 1;
  }
  return 0;
}

static void hand_on(int signal, siginfo_t *info, void *context) {
  if (previous.sa_flags & SA_SIGINFO) {
    previous.sa_sigaction(signal, info, context);
  } else if (previous.sa_handler == SIG_IGN && info->si_code <= 0) {
    return;
  } else if (previous.sa_handler != SIG_DFL && previous.sa_handler != SIG_IGN) {
    previous.sa_handler(signal);
  } else {
    // With the default action in place, returning repeats the fault; a signal that was sent is sent again.
    struct sigaction standard;
    memset(&standard, 0, sizeof standard);
    standard.sa_handler = SIG_DFL;
    sigaction(signal, &standard, NULL);
    if (info->si_code <= 0) raise(signal);
  }
}

static void handle(int signal, siginfo_t *info, void *context) {
  int saved = errno;
  // Codes above zero come from the kernel and have an address; a signal sent by a process has none.
  if (info->si_code <= 0 || !cover((uintptr_t)info->si_addr)) hand_on(signal, info, context);
  errno = saved;
}

int reinit_guard_install(void) {
  enum { absent, installing, installed };
  static _Atomic int state = absent;
  int expected = absent;
  if (!atomic_compare_exchange_strong(&state, &expected, installing)) {
    while ((expected = atomic_load(&state)) == installing) sched_yield();
    return expected == installed ? 0 : reinit_guard_install();
  }
  page_size = (uintptr_t)sysconf(_SC_PAGESIZE);
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_sigaction = handle;
  action.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
  sigemptyset(&action.sa_mask);
  // Read first: the handler may run on another thread as soon as it is installed.
  int failed = sigaction(SIGBUS, NULL, &previous) || sigaction(SIGBUS, &action, NULL);
  int reason = failed ? errno : 0;
  atomic_store(&state, failed ? absent : installed);
  return reason;
}

int reinit_guard_add(const void *start, size_t length) {
  for (int i = 0; i < slot_count; i++) {
    int expected = slot_free;
    if (!atomic_compare_exchange_strong(&slots[i].state, &expected, slot_claimed)) continue;
    uintptr_t end = ((uintptr_t)start + length + page_size - 1) & ~(page_size - 1);
    atomic_store_explicit(&slots[i].faulted, 0, memory_order_relaxed);
    atomic_store_explicit(&slots[i].start, (uintptr_t)start, memory_order_relaxed);
    atomic_store_explicit(&slots[i].end, end, memory_order_relaxed);
    atomic_store_explicit(&slots[i].state, slot_live, memory_order_release);
    return i;
  }
  return -1;
}

void reinit_guard_remove(int slot) {
  if (slot >= 0 && slot < slot_count) atomic_store_explicit(&slots[slot].state, slot_free, memory_order_release);
}

int reinit_guard_faulted(int slot) {
  return slot >= 0 && slot < slot_count && atomic_load_explicit(&slots[slot].faulted, memory_order_acquire);
}
