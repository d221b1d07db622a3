/* thread.h -- what is known of each thread that calls plugins: its active calls, innermost last.
 *
 * Only its own thread changes a record; the watchdog reads it at any time, and signal handlers on its thread do.
 * Records are used again and never freed.
 */
#ifndef REINIT_CALLS_THREAD_H
#define REINIT_CALLS_THREAD_H

#include "include/guarded_call.h"

#ifdef __cplusplus
extern "C" {
#endif

/* A call's clock is the watchdog's without the time in which the call was in the host: `began` moves with that. */
struct rp_frame {
  const rp_site *site;
  uint64_t began;
  uint64_t left; /* when the plugin called the host; rp_in_plugin while it is in its own code */
};

struct rp_block;

struct rp_thread {
  struct rp_frame *frames; /* of `block`, or `few` */
  uint32_t depth, capacity;
  uint32_t settings; /* the rp_settings that this thread has caught up with */
  uint32_t is_owned;
  struct rp_block *block;
  void *stack; /* our alternate signal stack, if we made one */
  struct rp_thread *next;
  struct rp_frame few[16];
};

/* NULL on threads that never called a plugin. */
extern __thread struct rp_thread *rp_self __attribute__((visibility("hidden")));

/* Counts changes that each thread has to follow: handlers installed, a time limit set. */
extern uint32_t rp_settings __attribute__((visibility("hidden")));

/* Milliseconds in which the process ran; advanced by the watchdog, stands still while there is no limit. */
extern uint64_t rp_clock __attribute__((visibility("hidden")));

/* The limit in milliseconds, 0 for none, and how coarse the clock is. */
extern uint64_t rp_limit __attribute__((visibility("hidden")));

#define rp_in_plugin UINT64_MAX

/* The call goes into the host. */
static inline void rp_leave_plugin(struct rp_frame *frame) {
  __atomic_store_n(&frame->left, __atomic_load_n(&rp_clock, __ATOMIC_RELAXED), __ATOMIC_RELEASE);
}

/* The call comes back from it. */
static inline void rp_enter_plugin(struct rp_frame *frame) {
  const uint64_t passed = __atomic_load_n(&rp_clock, __ATOMIC_RELAXED) - frame->left;
  __atomic_store_n(&frame->began, frame->began + passed, __ATOMIC_RELAXED);
  __atomic_store_n(&frame->left, rp_in_plugin, __ATOMIC_RELEASE);
}

/* All records. */
struct rp_thread *rp_all_threads(void);
/* Whether a call into a plugin is active on any thread; safe in a signal handler. */
bool rp_any_call(void);

/* NULL without memory. */
struct rp_thread *rp_enter_thread(void);
/* Follows changes of settings. */
void rp_catch_up(struct rp_thread *thread);
/* Room for another frame; false without memory. */
bool rp_grow(struct rp_thread *thread);
/* Gives the thread an alternate stack, unless it has a sufficient one. */
void rp_make_signal_stack(struct rp_thread *thread);

/* Asked by rp_catch_up. */
bool rp_handlers_wanted(void);
/* Whether this is the process that handlers were installed in, and not one that was forked from it. */
bool rp_is_home(void);
void rp_start_watchdog(void);

/* Ends the process: the thread was ended within a call. */
__attribute__((noreturn)) void rp_report_thread_end(struct rp_thread *thread);

#ifdef __cplusplus
}
#endif
#endif
