/* reinit/kit.h -- what plugins in C would write again and again; nothing of it crosses the border. Include it alone. */
#ifndef REINIT_KIT_H
#define REINIT_KIT_H

#include "reinit.h"

#include <stdarg.h>
#include <stdio.h>

/* Says why a call fails, as printf does, and returns `code`: return ri_fail(host, call, RI_SHAPE, "found %d", 3). */
__attribute__((format(printf, 4, 5))) static inline ri_status ri_fail(const ri_host *host, ri_call *call, ri_status code,
                                                                     const char *format, ...) {
  char text[400];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return host->fail(call, code, ri_text(text));
}

/* A tensor's elements as f32, whatever float type they are kept as; without data while shapes are inferred. `name` is for
 * the reason: what is absent, has another type or no values yet is refused. */
static inline ri_status ri_floats(const ri_forward *pass, ri_tensor *tensor, const char *name, ri_view *out) {
  const ri_host *host = pass->host;
  *out = (ri_view){.struct_size = sizeof *out};
  if (!tensor) return ri_fail(host, pass->call, RI_INVALID, "%s is absent", name);
  const ri_status status = host->tensor_view_as(pass->call, tensor, RI_F32, out);
  if (status) return ri_fail(host, pass->call, status, "%s: expected floating-point numbers", name);
  if (out->data || out->count == 0 || pass->flags & RI_FORWARD_SHAPES) return RI_OK;
  return ri_fail(host, pass->call, RI_INVALID, "%s has no values yet", name);
}

/* Makes output 0 of a shape, f32; without data while shapes are inferred. */
static inline ri_status ri_make_floats(const ri_forward *pass, uint32_t rank, const int64_t *shape, ri_view *out) {
  *out = (ri_view){.struct_size = sizeof *out};
  return pass->host->output(pass->call, 0, RI_F32, rank, shape, out);
}

/* The beginnings of rows: a tensor with its name, role and shape; a layer with its name and text, or "" for a nested one. */
#define RI_TENSOR_ROW(name_, role_, shape_) \
  .struct_size = sizeof(ri_child_row), .kind = RI_CHILD_TENSOR, .role = (role_), .name = RI_S(name_), .shape = RI_S(shape_)
#define RI_LAYER_ROW(name_, layer_) \
  .struct_size = sizeof(ri_child_row), .kind = RI_CHILD_LAYER, .name = RI_S(name_), .layer = RI_S(layer_)

/* How many elements an array has. */
#define RI_COUNT(array_) (sizeof(array_) / sizeof *(array_))

#endif
