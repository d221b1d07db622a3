/* none: a control that takes indices. */
#include "layer.h"

/* Row x[i] of ten rows of `size`, scaled: weight [size], row number times weight. */
static ri_status look_up(const zoo_layer *self, const ri_forward *pass) {
  ri_view x = {.struct_size = sizeof x}, y = {.struct_size = sizeof y};
  const float *weight = NULL, *bias = NULL;
  ri_status status = pass->host->tensor_view(pass->call, pass->inputs[0], &x);
  if (!status && x.dtype != RI_I64)
    status = zoo_refuse(pass->host, pass->call, RI_DTYPE, "the input has the wrong type: expected i64");
  if (!status && x.rank > 8) status = zoo_refuse(pass->host, pass->call, RI_SHAPE, "too many axes: expected 8 at most");
  if (!status) status = zoo_read(pass, self->weight, &weight);
  if (!status) status = zoo_read(pass, self->bias, &bias);
  if (!status && x.count && !x.data)
    status = zoo_refuse(pass->host, pass->call, RI_INVALID, "the input has no values");
  if (status) return status;
  int64_t shape[9];
  for (uint32_t axis = 0; axis < x.rank; axis++) shape[axis] = x.shape[axis];
  shape[x.rank] = self->size;
  status = pass->host->output(pass->call, 0, RI_F32, x.rank + 1, shape, &y);
  if (status) return status;
  for (uint64_t i = 0; i < y.count; i++) {
    const uint64_t j = i % (uint64_t)self->size;
    const float row = (float)(((const int64_t *)x.data)[i / (uint64_t)self->size] + 1);
    ((float *)y.data)[i] = row * weight[j] + (bias ? bias[j] : 0);
  }
  return RI_OK;
}
static ri_status forward(const void *instance, const ri_forward *pass) { return look_up(instance, pass); }
ZOO_LAYER(.forward = forward, .infer = NULL, .max_layers = 0)
