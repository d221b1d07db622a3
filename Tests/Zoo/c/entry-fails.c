/* R0352: its entry fails, with a text. */
#include "zoo.h"

ZOO_ENTRY(return host->fail(call, RI_UNSUPPORTED, ri_text("no such processor: expected AMX"));)
