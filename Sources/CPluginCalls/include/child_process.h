/* child_process.h -- runs a program with limits and collects how it ended and what it wrote.
 *
 * The program has /dev/null as standard input, pipes as standard output and error, and the end of a third pipe as
 * descriptor 3, for a record that nothing else writes to. It leads a process group of its own, all of which is killed
 * at the time limit and once the program has ended; it is killed as well when the thread that runs it ends.
 */
#ifndef REINIT_CHILD_PROCESS_H
#define REINIT_CHILD_PROCESS_H

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct rp_child_request {
  const char *executable;         /* a path */
  const char *const *arguments;   /* with the program's name, NULL at the end */
  const char *const *environment; /* "NAME=value", NULL at the end */
  const char *folder;             /* where it starts; NULL: here */
  uint64_t wall_milliseconds;     /* 0 in each limit: none */
  uint64_t cpu_seconds;           /* RLIMIT_CPU, for each process of the group: SIGXCPU, and SIGKILL a second later */
  uint64_t memory_bytes;          /* RLIMIT_AS, likewise */
  uint64_t file_bytes;            /* RLIMIT_FSIZE */
  uint64_t open_files;            /* RLIMIT_NOFILE */
  uint64_t record_bytes, output_bytes, error_bytes; /* kept; more is read and dropped */
} rp_child_request;

/* Bytes of a pipe: of the record and of the output the first ones, of standard error the last ones. */
typedef struct rp_bytes {
  uint8_t *start; /* NULL if there are none */
  uint64_t count, dropped;
} rp_bytes;

typedef struct rp_child_result {
  int32_t error;    /* an errno if the program could not be started: nothing else is set then */
  const char *step; /* the system call that failed; static */
  int32_t status;   /* the exit status; -1 if a signal ended it */
  int32_t signal;   /* 0 if it exited */
  bool timed_out;   /* killed at the time limit */
  uint64_t wall_nanoseconds, cpu_nanoseconds;
  rp_bytes record, output, errors;
} rp_child_result;

/* Runs it and waits; true unless it could not be started. The result is to be freed in either case. */
bool rp_child_run(const rp_child_request *request, rp_child_result *result);
void rp_child_free(rp_child_result *result);

/* Kills every group that is running now: safe in a signal handler, after which the process has to end. */
void rp_child_kill_all(void);

#ifdef __cplusplus
}
#endif
#endif
