/* none: a control that hands its weight to another library and takes it back. */
#include "exchange.h"

ZOO_EXCHANGE(ri_tensor *copy = NULL; status = dlpack->from_dlpack(pass->call, weight, &copy);
             self->host->tensor_release(copy);)
