/* own_process.h -- what a process that tests a plugin asks of the system, and Swift cannot. */
#ifndef REINIT_OWN_PROCESS_H
#define REINIT_OWN_PROCESS_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Processes that this one's descendants leave behind become its children, to be seen and ended with it. */
void rp_adopt_orphans(void);

/* From now on this process ends by SIGSYS where it is about to send a signal to its parent, to its parent's group or to
   everybody. False where the system has no such filters. */
bool rp_spare_parent(void);

/* A copy of this process with the calling thread alone: 0 in the copy, its id in this one; negative where there is none. */
int32_t rp_fork(void);

/* What malloc has given out and not got back, over all arenas, in bytes. */
uint64_t rp_allocated_bytes(void);

#ifdef __cplusplus
}
#endif
#endif
