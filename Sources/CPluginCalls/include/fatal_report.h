/* fatal_report.h -- what a plugin must not do to the process: crash, exit, end a thread, hang.
 *
 * None of it can be survived. While a guarded call is active on the thread where it happens, one report goes to
 * standard error, the temporary files of CGuard's registry are removed, child processes are killed, and the process
 * ends with status 69. At any other time the handlers that were there before decide.
 *
 *   error[R0361]: the plugin 'org.example.gabor' crashed: SIGSEGV in fill of 'gabor'
 *         at /opt/plugins/gabor.so
 *         the address is 0x10
 *         the instruction is at 0x11c9 in the file
 *     hint: reinit plugin inspect /opt/plugins/gabor.so
 *
 * R0361 signals, std::terminate and abort; R0362 exit and quick_exit; R0363 pthread_exit and cancellation; R0364 the
 * time limit. _exit cannot be noticed. As JSON the report has the keys of the command line's errors (reinit.error/1).
 */
#ifndef REINIT_FATAL_REPORT_H
#define REINIT_FATAL_REPORT_H

#include "guarded_call.h"

#ifdef __cplusplus
extern "C" {
#endif

enum {
  RP_HANDLE_SIGNALS = 1u << 0, /* SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS */
  RP_HANDLE_EXIT = 1u << 1     /* exit and quick_exit inside of a call */
};

/* Installs what the flags name, each once; 0 or an errno. */
int rp_install_handlers(uint32_t flags);

/* To be called after a plugin has been loaded: puts our signal handlers back where the plugin replaced them. Bit
 * 1 << signal is set in the result for each that it had. */
uint32_t rp_restore_handlers(void);

/* Whether reports are one JSON object on a line instead of text. */
void rp_report_as_json(bool yes);

/* Asks all calls to come back early, for good; whether one is active. Safe in a signal handler. */
bool rp_cancel_calls(void);
bool rp_calls_cancelled(void);

/* A call that takes longer ends the process (R0364); 0 for none, which is how it begins. What counts is the time in the
 * plugin's own code: not that of the host's functions (host_functions.h), nor that in which the whole process is stopped.
 * A thread is started with the first call that is limited. */
void rp_set_time_limit(double seconds);

/* The code of the loaded file that `address` lies in is a plugin's: a crash in a thread of the plugin's own is then
 * its too, and reports give the instruction as an offset in the file, as addr2line takes it. `site` has to live as long
 * as the process. False for an address in no file, or where 1024 pieces of code are known. */
bool rp_add_image(const rp_site *site, const void *address);

#ifdef __cplusplus
}
#endif
#endif
