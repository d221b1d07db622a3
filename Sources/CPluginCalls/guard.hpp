// guard.hpp -- the guard around every call, written once.
#pragma once

#include "floating.h"
#include "thread.h"

namespace rp {

/// Within a catch block: what was caught, into the outcome.
void describe_exception(rp_outcome *outcome, const char *what) noexcept;
/// Without memory for a frame.
ri_status refuse(rp_outcome *outcome) noexcept;
/// Whether a call's time is above the limit.
bool is_late(const rp_frame &frame) noexcept;

/// Runs `body` with catching only; apart from `guarded`, so that what is rare does not burden it.
template <class Body>
inline void caught(rp_thread *thread, rp_outcome *outcome, Body &body);

/// Calls `body`, which returns a status, as the call that `site` names.
template <class Body>
inline ri_status guarded(const rp_site *site, rp_outcome *outcome, Body body) {
  rp_thread *thread = rp_self ? rp_self : rp_enter_thread();
  outcome->status = RI_OK;
  outcome->flags = 0;
  outcome->message[0] = 0;
  if (!thread) return refuse(outcome);
  if (thread->settings != __atomic_load_n(&rp_settings, __ATOMIC_RELAXED)) rp_catch_up(thread);
  const uint32_t depth = thread->depth;
  if (depth == thread->capacity && !rp_grow(thread)) return refuse(outcome);
  const uint64_t began = __atomic_load_n(&rp_clock, __ATOMIC_RELAXED);
  rp_frame *frame = thread->frames + depth;
  __atomic_store_n(&frame->site, site, __ATOMIC_RELAXED);
  __atomic_store_n(&frame->began, began, __ATOMIC_RELAXED);
  __atomic_store_n(&frame->left, rp_in_plugin, __ATOMIC_RELAXED);
  __atomic_store_n(&thread->depth, depth + 1, __ATOMIC_RELEASE);
  const rp_mode mode = rp_current_mode();
  caught(thread, outcome, body);
  if (__builtin_expect(rp_put_back_mode(mode), 0)) outcome->flags |= RP_FP_CHANGED;
  if (__builtin_expect(is_late(thread->frames[depth]), 0)) outcome->flags |= RP_LATE;
  // Not depth - 1 of now: frames that a longjmp left behind go too.
  __atomic_store_n(&thread->depth, depth, __ATOMIC_RELEASE);
  return outcome->status;
}

}  // namespace rp

#include <cxxabi.h>
#include <exception>

template <class Body>
inline void rp::caught(rp_thread *thread, rp_outcome *outcome, Body &body) {
  try {
    outcome->status = body();
  } catch (abi::__forced_unwind &) {
    // The end of a thread cannot be stopped, and it would unwind the host.
    rp_report_thread_end(thread);
  } catch (const std::exception &exception) {
    describe_exception(outcome, exception.what());
  } catch (...) {
    describe_exception(outcome, nullptr);
  }
}
