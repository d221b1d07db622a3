/* reinit/kit.h -- what plugins in C would write again and again; nothing of it crosses the border. Include it alone. */
#ifndef REINIT_KIT_H
#define REINIT_KIT_H

#include "reinit.h"

#include <stdarg.h>
#include <stdio.h>

/* ---- Failing ---- */

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

/* Hands on the failure of a call: only where nothing is [owned] that would have to be released. */
#define RI_TRY(status_)                          \
  do {                                           \
    const ri_status ri_tried = (status_);        \
    if (ri_tried != RI_OK) return ri_tried;      \
  } while (0)

/* ---- Passes ---- */

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

/* What a layer makes of one tensor, as f32, until the call returns; its shape alone while shapes are inferred. */
static inline ri_status ri_apply(const ri_forward *pass, ri_layer *layer, ri_tensor *input, const char *name, ri_view *out) {
  ri_tensor *made = NULL;
  RI_TRY(pass->host->layer_apply(pass->call, layer, &input, 1, &made, 1));
  const ri_status status = ri_floats(pass, made, name, out);
  pass->host->tensor_release(made); /* the view keeps it until the call returns */
  return status;
}

/* Makes output 0 of a shape, f32; without data while shapes are inferred. */
static inline ri_status ri_make_floats(const ri_forward *pass, uint32_t rank, const int64_t *shape, ri_view *out) {
  *out = (ri_view){.struct_size = sizeof *out};
  return pass->host->output(pass->call, 0, RI_F32, rank, shape, out);
}

/* Refuses a last axis of another size, and what has no axes. */
static inline ri_status ri_expect_last_axis(const ri_forward *pass, const ri_view *view, const char *name, int64_t size) {
  if (view->rank > 0 && view->shape[view->rank - 1] == size) return RI_OK;
  return ri_fail(pass->host, pass->call, RI_SHAPE, "%s: expected %lld elements along the last axis, found %lld", name,
                 (long long)size, view->rank > 0 ? (long long)view->shape[view->rank - 1] : 0);
}

/* Refuses what has another shape than `like`. */
static inline ri_status ri_expect_shape_of(const ri_forward *pass, const ri_view *view, const char *name, const ri_view *like) {
  if (view->rank == like->rank && memcmp(view->shape, like->shape, like->rank * sizeof *like->shape) == 0) return RI_OK;
  return ri_fail(pass->host, pass->call, RI_SHAPE, "%s has another shape: expected %llu elements along %u axes, found %llu along %u",
                 name, (unsigned long long)like->count, like->rank, (unsigned long long)view->count, view->rank);
}

/* ---- Fills ---- */

/* Elements of source `index` as f32, whatever type they are kept as: those at the range's places. */
static inline ri_status ri_read_source(const ri_fill *range, uint64_t index, float *out) {
  return range->host->tensor_read(range->call, range->sources[index], range->offset, range->count, RI_F32, out);
}

/* All of source `index` as f32, whatever float type it is kept as; in check its shape alone, and its own type. */
static inline ri_status ri_source_floats(const ri_fill *range, uint64_t index, ri_view *out) {
  *out = (ri_view){.struct_size = sizeof *out};
  if (!range->out) return range->host->tensor_view(range->call, range->sources[index], out);
  return range->host->tensor_view_as(range->call, range->sources[index], RI_F32, out);
}

/* ---- Entries ---- */

/* A service that the plugin cannot do without, in exactly that version: static const ri_requirement needs[] = {RI_NEED("draft.blas", 1)}; */
#define RI_NEED(service_, version_) {RI_S(service_), (version_), 0}

/* Whether a text that was lent is that word: if (ri_is(name, "org.example.answer") && version == 1) return &answer; */
static inline int ri_is(ri_str text, const char *word) {
  return text.len == strlen(word) && (text.len == 0 || memcmp(text.ptr, word, text.len) == 0);
}

/* ---- Tables ---- */

/* How many elements an array has. */
#define RI_COUNT(array_) (sizeof(array_) / sizeof *(array_))

/* The beginnings of rows: a tensor with its name, role and shape; a layer with its name and text, or "" for a nested one. */
#define RI_TENSOR_ROW(name_, role_, shape_) \
  .struct_size = sizeof(ri_child_row), .kind = RI_CHILD_TENSOR, .role = (role_), .name = RI_S(name_), .shape = RI_S(shape_)
#define RI_LAYER_ROW(name_, layer_) \
  .struct_size = sizeof(ri_child_row), .kind = RI_CHILD_LAYER, .name = RI_S(name_), .layer = RI_S(layer_)

/* Sources by their names: the values that the tensor has; another tensor of the tree; a tensor of another file. */
#define RI_SOURCE(kind_, name_, path_, file_) \
  {.struct_size = sizeof(ri_source), .kind = (kind_), .name = RI_S(name_), .path = RI_S(path_), .file = RI_S(file_)}
#define RI_OLD_SOURCE(name_) RI_SOURCE(RI_SOURCE_OLD, name_, "", "")
#define RI_TENSOR_SOURCE(name_, path_) RI_SOURCE(RI_SOURCE_TENSOR, name_, path_, "")
#define RI_FILE_SOURCE(name_, file_, path_) RI_SOURCE(RI_SOURCE_FILE, name_, path_, file_)

/* The beginnings of descriptors; of a layer with one input and one output. */
#define RI_INITIALIZER_HEAD(name_, version_, summary_) \
  .struct_size = sizeof(ri_initializer), .name = RI_S(name_), .version = (version_), .summary = RI_S(summary_)
#define RI_LAYER_HEAD(name_, version_, summary_)                                                                     \
  .struct_size = sizeof(ri_layer_type), .name = RI_S(name_), .version = (version_), .summary = RI_S(summary_), .min_inputs = 1, \
  .max_inputs = 1, .n_outputs = 1

/* Tables in descriptors. */
#define RI_PARAMS(array_) .params = (array_), .n_params = RI_COUNT(array_)
#define RI_CHILDREN(array_) .children = (array_), .n_children = RI_COUNT(array_)
#define RI_SOURCES(array_) .sources = (array_), .n_sources = RI_COUNT(array_)

#endif
