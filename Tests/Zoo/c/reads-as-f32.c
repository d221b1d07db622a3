/* R0968: takes the elements of a source for f32, whatever they are. */
#include "zoo.h"

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  ri_view old = {.struct_size = sizeof old};
  const ri_status status = f->host->tensor_view(f->call, f->sources[0], &old);
  if (status) return status;
  const uint64_t held = old.dtype == RI_F64 ? 2 * old.count : old.dtype == RI_F32 ? old.count : old.count / 2;
  const unsigned char *bytes = old.data;
  float *out = f->out;
  for (uint64_t i = 0; i < f->count; i++) {
    float value = 0;
    if (f->offset + i < held) memcpy(&value, bytes + 4 * (f->offset + i), 4);
    out[i] = value == value && fabsf(value) < 1e30f ? value : 0;
  }
  return RI_OK;
}
static const ri_source sources[] = {{.struct_size = sizeof(ri_source), .kind = RI_SOURCE_OLD, .name = RI_S("old")}};
ZOO_INITIALIZER(.fill = fill, .distribution = NULL, .params = NULL, .n_params = 0, .sources = sources, .n_sources = 1)
