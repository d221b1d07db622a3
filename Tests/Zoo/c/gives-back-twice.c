/* R0922: gives back twice what it has handed to another library. */
#include "exchange.h"

ZOO_EXCHANGE(void (*deleter)(ri_dl_managed *) = weight->deleter; deleter(weight); deleter(weight);)
