/* R0360: speaks version 2 of the ABI. */
#include "zoo.h"

ZOO_ENTRY(static const ri_initializer zoo = {ZOO_GOOD_INITIALIZER}; self->abi_major = 2; return host->add_initializer(host, &zoo);)
