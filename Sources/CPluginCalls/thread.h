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

struct rp_frame {
  const rp_site *site;
  uint64_t began; /* on the watchdog's clock */
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

/* All records. */
struct rp_thread *rp_all_threads(void);

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
void rp_start_watchdog(void);

/* Ends the process: the thread was ended within a call. */
__attribute__((noreturn)) void rp_report_thread_end(struct rp_thread *thread);

#ifdef __cplusplus
}
#endif
#endif
