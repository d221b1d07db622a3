/* host_functions.h -- the plugin's own time: what the host does for it does not count against its limit. */
#ifndef REINIT_HOST_FUNCTIONS_H
#define REINIT_HOST_FUNCTIONS_H

#include <reinit/reinit.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Puts functions in front of those of `table` that may take time: the clock of the innermost call of the thread stands
 * still while one of them runs. Every table has to come with the same functions. */
void rp_time_host_functions(ri_host *table);

#ifdef __cplusplus
}
#endif
#endif
