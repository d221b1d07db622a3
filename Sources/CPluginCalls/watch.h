/* watch.h -- a thread that is asked by the kernel about system calls, and notes those that are refused. */
#ifndef REINIT_CALLS_WATCH_H
#define REINIT_CALLS_WATCH_H

#include <stdbool.h>

/* Starts the thread, which waits; to be called before there is a filter, so that it is not under one. Files may be
 * changed at and below the paths of both lists. */
bool rp_watch_prepare(const char *const *harmless, const char *const *writable);

/* Gives it the kernel's end; a negative one ends it. */
void rp_watch_begin(int listener);

#endif
