/* spawn.h -- starting a program in a process group of its own, with limits. */
#ifndef REINIT_CALLS_SPAWN_H
#define REINIT_CALLS_SPAWN_H

#include "include/child_process.h"

#include <sys/types.h>

enum { rp_descriptor_count = 4 };

struct rp_start {
  const rp_child_request *request;
  int descriptors[rp_descriptor_count]; /* which become 0, 1, 2 and 3 */
  /* Written by the child, which shares our memory until it is another program. */
  volatile int error;
  const char *volatile step;
};

/* The process, which is another program by now; -1, with an errno and the system call's name in `start`, if not. */
pid_t rp_spawn(struct rp_start *start);

#endif
