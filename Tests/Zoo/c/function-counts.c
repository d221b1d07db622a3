/* R0933: is a plain function that remembers its calls. */
#include "zoo.h"

static float element(int64_t index, double gain) {
  static unsigned calls;
  return (float)(gain * (double)((index * 7919 + __atomic_fetch_add(&calls, 1, __ATOMIC_RELAXED)) % 1009) / 1009);
}
ZOO_ENTRY(static const ri_arg args[] = {{RI_TYPE_I64, RI_ARG_INDEX, 0, 0}, {RI_TYPE_F64, RI_ARG_PARAM, 0, 0}};
          static const ri_function zoo = {.struct_size = sizeof zoo, .name = RI_S("zoo"), .summary = RI_S("a pattern"),
                                          .formula = RI_S("gain * (7919 i mod 1009) / 1009"), .version = 1, .args = args,
                                          .n_args = 2, .result = {RI_TYPE_F32, RI_ARG_RESULT, 0, 0},
                                          .params = zoo_params, .n_params = 1, .function = (void (*)(void))element};
          return host->add_function(host, &zoo);)
