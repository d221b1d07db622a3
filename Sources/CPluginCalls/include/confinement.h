/* confinement.h -- what a process that looks at a plugin, or tests one, can no longer do: a guard against faults, not
 * against malice. What the kernel does not offer is left out.
 */
#ifndef REINIT_CONFINEMENT_H
#define REINIT_CONFINEMENT_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
  RP_CONFINED_FILES = 1u << 0,   /* Landlock: files are made, changed and removed in named places alone */
  RP_CONFINED_SIGNALS = 1u << 1, /* Landlock 6: signals reach no process that was there before */
  RP_CONFINED_NETWORK = 1u << 2, /* seccomp: there are no sockets of the Internet */
  RP_CONFINED_WATCHED = 1u << 3  /* seccomp: what is refused is noted, see rp_attempt */
};

/* Which of it this kernel offers. */
uint32_t rp_confinement_offered(void);

/* Confines this thread and all that is started from it, for good: files may be changed at and below the paths of
 * `writable`, a list that ends with NULL, and in a few devices such as /dev/null. To be called before other threads are
 * there. Gives which of it holds. */
uint32_t rp_confine(const char *const *writable, bool is_watched);

/* What was tried and refused under RP_CONFINED_WATCHED, in words: "opens '/etc/x' to write"; the first eight. NULL behind
 * the last. */
const char *rp_attempt(uint32_t index);

#ifdef __cplusplus
}
#endif
#endif
