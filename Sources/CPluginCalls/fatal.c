#define _GNU_SOURCE
#include "include/fatal_report.h"

#include "images.h"
#include "report.h"

#include <dlfcn.h>
#include <errno.h>
#include <guard.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <ucontext.h>
#include <unistd.h>

static const struct { int signal; const char *name; } handled[] = {
  {SIGSEGV, "SIGSEGV"}, {SIGBUS, "SIGBUS"},   {SIGFPE, "SIGFPE"}, {SIGILL, "SIGILL"},
  {SIGABRT, "SIGABRT"}, {SIGTRAP, "SIGTRAP"}, {SIGSYS, "SIGSYS"},
};
enum { handled_count = sizeof handled / sizeof *handled, repeat_limit = 3 };

/* The handlers that were there before, in the order of `handled`. */
static struct sigaction previous[handled_count];
static uint32_t installed;
/* The process that they were installed in. One that was forked from it has its memory, but not its threads: the
 * temporary files, the child processes and the calls that are known here are the parent's. */
static pid_t home;
static pthread_mutex_t installing = PTHREAD_MUTEX_INITIALIZER;

static int index_of(int signal) {
  for (int i = 0; i < handled_count; i++)
    if (handled[i].signal == signal) return i;
  return 0;
}

struct place { uintptr_t instruction, stack; };

static struct place place_of(const void *context) {
#if defined(__x86_64__)
  const greg_t *registers = ((const ucontext_t *)context)->uc_mcontext.gregs;
  return (struct place){(uintptr_t)registers[REG_RIP], (uintptr_t)registers[REG_RSP]};
#elif defined(__aarch64__)
  const mcontext_t *machine = &((const ucontext_t *)context)->uc_mcontext;
  return (struct place){(uintptr_t)machine->pc, (uintptr_t)machine->sp};
#else
  (void)context;
  return (struct place){0, 0};
#endif
}

/* Memory this near to the stack's pointer is there, unless the stack has come to its end. */
static bool is_stack_overflow(int signal, uintptr_t address, struct place place) {
  const uintptr_t near = 64 * 1024;
  return signal == SIGSEGV && place.stack && address - (place.stack - near) < 2 * near;
}

/* Leaves the signal to whoever handled it before. */
static void hand_on(int signal, siginfo_t *info, void *context) {
  const struct sigaction *old = &previous[index_of(signal)];
  if (old->sa_flags & SA_SIGINFO) {
    old->sa_sigaction(signal, info, context);
  } else if (old->sa_handler == SIG_IGN && info->si_code <= 0) {
    return;
  } else if (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN) {
    old->sa_handler(signal);
  } else {
    // With the default action in place, returning repeats the fault; a signal that was sent is sent again.
    struct sigaction standard = {.sa_handler = SIG_DFL};
    sigaction(signal, &standard, NULL);
    if (info->si_code <= 0) raise(signal);
  }
}

static void handle(int signal, siginfo_t *info, void *context);

static bool is_ours(const struct sigaction *action) {
  return (action->sa_flags & SA_SIGINFO) && action->sa_sigaction == handle;
}

/* A file of the host's may have been cut off while a plugin read it: the handler for that is asked first. It either
 * makes the memory readable and comes back, or puts the default action in place. */
static bool is_cured(siginfo_t *info, void *context) {
  static __thread uintptr_t last;
  static __thread int repeats;
  const struct sigaction *old = &previous[index_of(SIGBUS)];
  if (!(old->sa_flags & SA_SIGINFO) && (old->sa_handler == SIG_DFL || old->sa_handler == SIG_IGN)) return false;
  repeats = last == (uintptr_t)info->si_addr ? repeats + 1 : 0;
  last = (uintptr_t)info->si_addr;
  if (repeats >= repeat_limit) return false;
  hand_on(SIGBUS, info, context);
  struct sigaction now;
  return sigaction(SIGBUS, NULL, &now) == 0 && is_ours(&now);
}

/* What is to be reported when a sanitizer ends the process. */
static struct rp_incident deferred;
static bool has_sanitizer, is_deferred;

static void at_sanitizers_end(void) {
  if (is_deferred) rp_report(&deferred);
}

/* A sanitizer that was preloaded tells more of a fault than we can: it has the first word, and we the last one. Comes
 * back where it does not end the process. */
static void defer_to_sanitizer(const struct rp_incident *incident, int signal, siginfo_t *info, void *context) {
  if (!has_sanitizer || info->si_code <= 0) return;
  deferred = *incident;
  is_deferred = true;
  const struct sigaction *old = &previous[index_of(signal)];
  if ((old->sa_flags & SA_SIGINFO) || (old->sa_handler != SIG_DFL && old->sa_handler != SIG_IGN))
    hand_on(signal, info, context);
  is_deferred = false;
}

static void find_sanitizer(void) {
  void (*set_callback)(void (*)(void));
  *(void **)&set_callback = dlsym(RTLD_DEFAULT, "__sanitizer_set_death_callback");
  if (!set_callback) return;
  has_sanitizer = true;
  set_callback(at_sanitizers_end);
}

static void report_signal(int signal, siginfo_t *info, void *context, struct place place, const struct rp_image *image,
                          const struct rp_thread *thread) {
  struct rp_incident incident = {.end = RP_END_SIGNAL, .detail = handled[index_of(signal)].name};
  // The kernel gives no address for one that no memory can have.
  bool has_address = info->si_code > 0 && info->si_code != SI_KERNEL && (signal == SIGSEGV || signal == SIGBUS);
  if (has_address && is_stack_overflow(signal, (uintptr_t)info->si_addr, place)) {
    incident.detail = "SIGSEGV (the stack is full)";
  } else if (signal == SIGFPE && info->si_code == FPE_INTDIV) {
    incident.detail = "SIGFPE (integer division by zero)";
  }
  incident.has_address = has_address;
  incident.address = (uintptr_t)info->si_addr;
  incident.has_offset = image != NULL;
  incident.offset = image ? place.instruction - image->base : 0;
  if (thread) {
    rp_name_calls(&incident, thread);
  } else {
    incident.calls[incident.n_calls++] = image->site;
  }
  defer_to_sanitizer(&incident, signal, info, context);
  rp_report(&incident);
}

static void handle(int signal, siginfo_t *info, void *context) {
  int saved = errno;
  // Codes above zero are faults; other signals count if this process sent them to itself, as abort does.
  bool is_fault = info->si_code > 0;
  if (rp_is_home() && (is_fault || info->si_pid == home)) {
    struct rp_thread *thread = rp_self && rp_self->depth > 0 ? rp_self : NULL;
    struct place place = place_of(context);
    const struct rp_image *image = rp_image_at(place.instruction);
    bool is_plugin = thread || image;
    if (is_plugin && is_fault && signal == SIGBUS && is_cured(info, context)) {
      errno = saved;
      return;
    }
    if (is_plugin) report_signal(signal, info, context, place, image, thread);
  }
  hand_on(signal, info, context);
  errno = saved;
}

static void report_exit(const char *detail) {
  if (!rp_is_home() || !rp_self || rp_self->depth == 0) return;
  struct rp_incident incident = {.end = RP_END_EXIT, .detail = detail};
  rp_name_calls(&incident, rp_self);
  rp_report(&incident);
}

static void at_quick_end(void) { report_exit("quick_exit"); }

#ifdef __GLIBC__
static void at_end(int status, void *unused) {
  (void)unused;
  char detail[] = "exit(   )";
  unsigned code = (unsigned)status & 255;
  char *digit = detail + 5;
  if (code >= 100) *digit++ = (char)('0' + code / 100);
  if (code >= 10) *digit++ = (char)('0' + code / 10 % 10);
  *digit++ = (char)('0' + code % 10);
  *digit++ = ')';
  *digit = 0;
  report_exit(detail);
}

static int notice_exit(void) { return on_exit(at_end, NULL); }
#else
static void at_end(void) { report_exit("exit"); }

static int notice_exit(void) { return atexit(at_end); }
#endif

static int install_signals(void) {
  struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
  sigemptyset(&action.sa_mask);
  // Its handler for SIGBUS has to be behind ours, never in front: is_cured and rp_restore_handlers rely on that.
  int reason = reinit_guard_install();
  if (reason) return reason;
  find_sanitizer();
  for (int i = 0; i < handled_count; i++) {
    // Read first: the handler may run on another thread as soon as it is installed.
    if (sigaction(handled[i].signal, NULL, &previous[i]) || sigaction(handled[i].signal, &action, NULL)) return errno;
  }
  return 0;
}

int rp_install_handlers(uint32_t flags) {
  int reason = 0;
  pthread_mutex_lock(&installing);
  uint32_t missing = flags & ~installed;
  if (!installed) home = getpid();
  if (missing & RP_HANDLE_SIGNALS) reason = install_signals();
  if (!reason && (missing & RP_HANDLE_EXIT) && (notice_exit() || at_quick_exit(at_quick_end))) reason = ENOMEM;
  if (!reason) __atomic_fetch_or(&installed, missing, __ATOMIC_RELEASE);
  __atomic_fetch_add(&rp_settings, 1, __ATOMIC_RELEASE);
  pthread_mutex_unlock(&installing);
  return reason;
}

bool rp_is_home(void) { return home == 0 || home == getpid(); }

bool rp_handlers_wanted(void) { return __atomic_load_n(&installed, __ATOMIC_ACQUIRE) & RP_HANDLE_SIGNALS; }

uint32_t rp_restore_handlers(void) {
  uint32_t replaced = 0;
  if (!rp_handlers_wanted()) return 0;
  struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART}, now;
  sigemptyset(&action.sa_mask);
  pthread_mutex_lock(&installing);
  for (int i = 0; i < handled_count; i++) {
    // The plugin's handler is dropped, not called after ours: it may call ours in turn.
    if (sigaction(handled[i].signal, NULL, &now) || is_ours(&now)) continue;
    if (sigaction(handled[i].signal, &action, NULL) == 0) replaced |= 1u << handled[i].signal;
  }
  pthread_mutex_unlock(&installing);
  return replaced;
}
