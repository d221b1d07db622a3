/* R0923: does not give back what it has handed to another library. */
#include "exchange.h"

ZOO_EXCHANGE(if (weight->dl_tensor.ndim != 1) status = RI_SHAPE;)
