/* R0935: is a plain function for ranges that begins each at 0. */
#include "zoo.h"

static void range(float *out, int64_t count, int64_t offset, double gain) {
  (void)offset;
  for (int64_t i = 0; i < count; i++) out[i] = (float)(gain * (double)(i * 7919 % 1009) / 1009);
}
ZOO_ENTRY(static const ri_arg args[] = {{RI_TYPE_POINTER, RI_ARG_OUT_F32, 0, 0}, {RI_TYPE_I64, RI_ARG_COUNT, 0, 0},
                                        {RI_TYPE_I64, RI_ARG_OFFSET, 0, 0}, {RI_TYPE_F64, RI_ARG_PARAM, 0, 0}};
          static const ri_function zoo = {.struct_size = sizeof zoo, .name = RI_S("zoo"), .summary = RI_S("a pattern"),
                                          .formula = RI_S("gain * (7919 i mod 1009) / 1009"), .version = 1, .args = args,
                                          .n_args = 4, .result = {RI_TYPE_VOID, RI_ARG_RESULT, 0, 0},
                                          .params = zoo_params, .n_params = 1, .function = (void (*)(void))range};
          return host->add_function(host, &zoo);)
