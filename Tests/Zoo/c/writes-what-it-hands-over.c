/* R0927: writes to the memory of a tensor that it has handed to another library. */
#include "exchange.h"

ZOO_EXCHANGE(float *first = weight->dl_tensor.data; if (first) first[0] += 1; weight->deleter(weight);)
