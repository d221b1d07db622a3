/* report.h -- the last words: one report, then the end of the process. Safe in signal handlers. */
#ifndef REINIT_CALLS_REPORT_H
#define REINIT_CALLS_REPORT_H

#include "thread.h"

enum rp_end { RP_END_SIGNAL, RP_END_EXIT, RP_END_THREAD, RP_END_TIME };

enum { RP_CALLS_SHOWN = 6 };

/* What is reported. Sites come from memory that a broken plugin may have overwritten: they are read with care. */
struct rp_incident {
  enum rp_end end;
  const char *detail;                   /* "SIGSEGV", "exit(0)", "5 s" */
  const rp_site *calls[RP_CALLS_SHOWN]; /* innermost first */
  uint32_t n_calls, n_more;
  bool has_address, has_offset;
  uintptr_t address; /* that was touched */
  uintptr_t offset;  /* of the instruction, in the plugin's file */
};

/* The active calls of a thread, innermost first. */
void rp_name_calls(struct rp_incident *incident, const struct rp_thread *thread);

/* Ends the process with status 69. Of several threads at once, the first one reports and the others wait. */
__attribute__((noreturn)) void rp_report(const struct rp_incident *incident);

#endif
