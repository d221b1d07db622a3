/* R0927: is a plain function that keeps the shape of the last tensor. */
#include "zoo.h"

static _Thread_local const int64_t *kept;
static int32_t fill(float *out, uint64_t count, uint64_t offset, uint32_t rank, const int64_t *shape, double gain) {
  const int64_t last = kept ? kept[0] : 0;
  kept = rank ? shape : NULL;
  if (last < 0) return RI_SHAPE;
  for (uint64_t i = 0; i < count; i++) out[i] = (float)(gain * (double)((offset + i) * 7919 % 1009) / 1009);
  return RI_OK;
}
ZOO_ENTRY(static const ri_arg args[] = {{RI_TYPE_POINTER, RI_ARG_OUT_F32, 0, 0}, {RI_TYPE_U64, RI_ARG_COUNT, 0, 0},
                                        {RI_TYPE_U64, RI_ARG_OFFSET, 0, 0}, {RI_TYPE_U32, RI_ARG_RANK, 0, 0},
                                        {RI_TYPE_POINTER, RI_ARG_SHAPE, 0, 0}, {RI_TYPE_F64, RI_ARG_PARAM, 0, 0}};
          static const ri_function zoo = {.struct_size = sizeof zoo, .name = RI_S("zoo"), .summary = RI_S("a pattern"),
                                          .formula = RI_S("gain * (7919 i mod 1009) / 1009"), .version = 1, .args = args,
                                          .n_args = 6, .result = {RI_TYPE_I32, RI_ARG_RESULT, 0, 0},
                                          .params = zoo_params, .n_params = 1, .function = (void (*)(void))fill};
          return host->add_function(host, &zoo);)
