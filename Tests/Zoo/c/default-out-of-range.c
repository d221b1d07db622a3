/* R0357: has a default outside of its range. */
#include "zoo.h"

static const ri_param params[] = {RI_REAL_PARAM_IN("gain", 2, 0, 1, "factor")};
ZOO_INITIALIZER(.params = params, .n_params = 1)
