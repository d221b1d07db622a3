/* An initializer that looks at what it is given to read, and makes of it what it was. */
#include "probe.h"

static bool is_same_shape(const ri_fill *f, const ri_view *view) {
  if (view->rank != f->rank) return false;
  for (uint32_t i = 0; i < f->rank; i++)
    if (view->shape[i] != f->shape[i]) return false;
  return true;
}

/* One source, old values: of the tensor's shape and type, with data only where there is something to fill. A function that fails
 * breaks no promise: its status is handed on. */
static ri_status look(const ri_fill *f, bool is_filling) {
  if (!PROMISE(f->n_sources == 1 && f->sources && f->sources[0], "another number of sources is given than declared")) return RI_OK;
  ri_view view = {.struct_size = sizeof view};
  const ri_status status = f->host->tensor_view(f->call, f->sources[0], &view);
  if (status) return status;
  PROMISE(is_same_shape(f, &view) && view.count == f->total, "old values have another shape than the tensor");
  PROMISE(view.dtype == f->target_dtype, "old values have another type than the tensor");
  PROMISE(is_filling || view.data == NULL, "a source has data in check");
  PROMISE(!is_filling || view.data != NULL || view.count == 0, "a source has no data in fill");
  return RI_OK;
}

/* What is read of a range is what the whole shows there, and nothing is read that is not there. */
static ri_status probe_reading(const ri_fill *f) {
  const ri_host *host = f->host;
  ri_tensor *old = f->sources[0];
  ri_view view = {.struct_size = sizeof view};
  ri_status status = host->tensor_view_as(f->call, old, RI_F32, &view);
  if (!status) status = host->tensor_read(f->call, old, f->offset, f->count, RI_F32, f->out);
  if (status || f->count == 0) return status;
  const float *elements = view.data, *out = f->out;
  PROMISE(memcmp(elements + f->offset, out, f->count * sizeof *out) == 0, "tensor_read gives other elements than tensor_view_as");
  double last = 0;
  status = host->tensor_read(f->call, old, f->total - 1, 1, RI_F64, &last);
  if (status) return status;
  PROMISE((float)last == elements[f->total - 1], "tensor_read does not give the last element as f64");
  status = host->tensor_read(f->call, old, f->total, 1, RI_F64, &last);
  if (status == RI_NO_MEMORY) return status;
  PROMISE(status == RI_INVALID, "tensor_read does not say RI_INVALID of elements beyond the end");
  status = host->tensor_read(f->call, old, 0, 1, RI_I32, &last);
  if (status == RI_NO_MEMORY) return status;
  PROMISE(status == RI_DTYPE, "tensor_read does not say RI_DTYPE of a type that is none of floats");
  return RI_OK;
}

static ri_status fill(const ri_fill *f, void *user) {
  (void)user;
  ri_status status = look(f, true);
  if (!status && !probe_breach()) status = probe_reading(f);
  return status ? status : probe_verdict(f->host, f->call);
}

static ri_status check(const ri_fill *f, void *user) {
  (void)user;
  const ri_status status = look(f, false);
  return status ? status : probe_verdict(f->host, f->call);
}

static const ri_source sources[] = {{.struct_size = sizeof(ri_source), .kind = RI_SOURCE_OLD, .name = RI_S("old")}};

const ri_initializer probe_reads = {
    .struct_size = sizeof(ri_initializer),
    .flags = RI_INITIALIZER_EVERY_ROLE,
    .name = RI_S("probe_reads"),
    .summary = RI_S("tests its host, and leaves the values as they are"),
    .formula = RI_S("w ← w"),
    .reference = RI_S("none"),
    .version = 1,
    .check = check,
    .fill = fill,
    .sources = sources,
    .n_sources = 1,
};
