/* R0932: takes any gain, also one that single precision cannot hold. */
#include "zoo.h"

static const ri_param params[] = {
    {RI_PARAM_HEAD(RI_PARAM_MIN, "gain", "factor of the standard deviation"),
     .default_value = {.type = RI_VALUE_REAL, .u = {.f64 = 1}}, .min = 0.001},
    RI_REAL_PARAM_IN("mean", 0, -1000, 1000, "mean of the values"),
};
ZOO_INITIALIZER(.params = params)
