/* plugin_calls.h -- calling code that others compiled, and living to tell.
 *
 *   guarded_call.h      a call of each signature of the plugin ABI: exceptions caught, floating-point mode put back
 *   fatal_report.h      what a call must not do to the process: crash, exit, hang; reported once, then exit status 69
 *   foreign_function.h  plain C functions with declared signatures, through libffi
 *   host_functions.h    what the host does for a plugin, in time of its own
 *   child_process.h     a process with limits, whose end and output are collected
 *   confinement.h       what such a process can no longer do
 *   own_process.h       orphans and memory of this process
 *
 * C, and C++ inside. Everything may be used from any thread unless it says otherwise.
 */
#ifndef REINIT_PLUGIN_CALLS_H
#define REINIT_PLUGIN_CALLS_H

#include "child_process.h"
#include "confinement.h"
#include "fatal_report.h"
#include "foreign_function.h"
#include "guarded_call.h"
#include "host_functions.h"
#include "own_process.h"

#endif
