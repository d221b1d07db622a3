/* floating.h -- the floating-point mode of the thread: rounding, traps, flushing of subnormals; not the status. */
#ifndef REINIT_CALLS_FLOATING_H
#define REINIT_CALLS_FLOATING_H

#include <stdbool.h>
#include <stdint.h>

#if defined(__x86_64__) && !defined(RP_PORTABLE_FENV)

/* The lower six bits of MXCSR are the status, which every division may change. */
enum { rp_sse_status = 0x3F };

typedef struct rp_mode {
  uint32_t sse;
  uint16_t x87;
} rp_mode;

static inline rp_mode rp_current_mode(void) {
  rp_mode mode;
  __asm__ volatile("stmxcsr %0" : "=m"(mode.sse));
  __asm__ volatile("fnstcw %0" : "=m"(mode.x87));
  return mode;
}

/* Whether it had to be put back. */
static inline bool rp_put_back_mode(rp_mode mode) {
  rp_mode now = rp_current_mode();
  if (((now.sse ^ mode.sse) & ~(uint32_t)rp_sse_status) == 0 && now.x87 == mode.x87) return false;
  __asm__ volatile("ldmxcsr %0" : : "m"(mode.sse));
  __asm__ volatile("fldcw %0" : : "m"(mode.x87));
  return true;
}

#elif defined(__aarch64__) && !defined(RP_PORTABLE_FENV)

typedef uint64_t rp_mode;

static inline rp_mode rp_current_mode(void) {
  rp_mode mode;
  __asm__ volatile("mrs %0, fpcr" : "=r"(mode));
  return mode;
}

static inline bool rp_put_back_mode(rp_mode mode) {
  if (rp_current_mode() == mode) return false;
  __asm__ volatile("msr fpcr, %0" : : "r"(mode));
  return true;
}

#else

#include <fenv.h>

/* All that C offers everywhere; traps and flushing are not seen. */
typedef int rp_mode;

static inline rp_mode rp_current_mode(void) { return fegetround(); }

static inline bool rp_put_back_mode(rp_mode mode) { return fegetround() != mode && fesetround(mode) == 0; }

#endif
#endif
