/* Promises that are kept or broken, and what is common to all calls. */
#include "probe.h"

#include <stdatomic.h>
#include <stdio.h>
#include <time.h>

static _Atomic(const char *) breach;
static atomic_uint_fast64_t checks;
static _Atomic(const ri_host *) known;

const char *probe_breach(void) { return atomic_load(&breach); }

uint64_t probe_checks(void) { return atomic_load(&checks); }

bool probe_break(const char *text) {
  const char *none = NULL;
  atomic_compare_exchange_strong(&breach, &none, text);
  return false;
}

bool probe_check(bool is_kept, const char *text) {
  atomic_fetch_add_explicit(&checks, 1, memory_order_relaxed);
  return is_kept || probe_break(text);
}

ri_status probe_verdict(const ri_host *host, ri_call *call) {
  const char *text = probe_breach();
  return text ? host->fail(call, RI_INTERNAL, ri_text(text)) : RI_OK;
}

void probe_enter(probe_gate *gate) {
  const struct timespec nap = {0, 20000};
  probe_check(atomic_exchange(&gate->is_busy, 1) == 0, gate->text);
  nanosleep(&nap, NULL);
}

void probe_leave(probe_gate *gate) { atomic_store(&gate->is_busy, 0); }

/* "reinit 0.1.0": the last word is the version. */
static bool probe_version(ri_str name) {
  uint64_t last = name.len;
  while (last > 0 && name.ptr[last - 1] != ' ') last--;
  return PROMISE(last > 0 && last < name.len && name.ptr[last] >= '0' && name.ptr[last] <= '9',
                 "the host's name does not say its version");
}

static bool are_there(const void *const *functions, const void *const *end) {
  while (functions < end && *functions) functions++;
  return functions == end;
}

/* Those of tensors and layers are all there, or none of them is. */
static bool probe_functions(const ri_host *host) {
#define AT(field) ((const void *const *)&host->field)
  bool is_kept = PROMISE(are_there(AT(add_initializer), AT(tensor_new)) && host->service, "a function of version 1.0 is NULL");
  bool is_none = true;
  for (const void *const *function = AT(tensor_new); function < AT(service); function++) is_none &= *function == NULL;
  return is_kept & PROMISE(is_none || are_there(AT(tensor_new), AT(service)),
                           "of the functions of tensors and layers some are NULL and others are not");
#undef AT
}

/* Version 1.0 ends with `service`. */
bool probe_table(const ri_host *host) {
  if (!PROMISE(host != NULL, "no table is given")) return false;
  const size_t first = offsetof(ri_host, service) + sizeof host->service;
  bool is_kept = PROMISE(host->struct_size >= first, "ri_host is shorter than in version 1.0");
  is_kept &= PROMISE(host->struct_size % 4 == 0, "the size of ri_host is no multiple of 4");
  is_kept &= PROMISE(host->abi_major == RI_ABI_MAJOR, "ri_host is of another major version");
  is_kept &= probe_str(host->name) && PROMISE(host->name.len > 0, "the host has no name") && probe_version(host->name);
  return is_kept && probe_functions(host);
}

bool probe_call(const ri_host *host, ri_call *call) {
  if (!PROMISE(host != NULL && call != NULL, "a call has no host or no ri_call")) return false;
  /* Another catalog of the same process may have a table of its own, which is looked at once more. */
  return atomic_exchange(&known, host) == host || probe_table(host);
}

bool probe_str(ri_str text) {
  return PROMISE(text.len == 0 || text.ptr != NULL, "a text of some length is NULL") &&
         PROMISE(text.len < 1 << 20, "a text is longer than a megabyte");
}

bool probe_shape(uint32_t rank, const int64_t *shape, uint64_t count) {
  if (!PROMISE(rank <= 64, "a tensor has more than 64 axes")) return false;
  if (!PROMISE(rank == 0 || shape != NULL, "a tensor with axes has no shape")) return false;
  uint64_t product = 1;
  for (uint32_t i = 0; i < rank; i++) {
    if (!PROMISE(shape[i] >= 0, "a size is negative")) return false;
    product *= (uint64_t)shape[i];
  }
  return PROMISE(product == count, "the number of elements is not the product of the sizes");
}

static bool is_axis(int32_t axis, uint32_t rank) { return axis >= 0 && (uint32_t)axis < rank; }

bool probe_geometry(const ri_geometry *geometry, uint32_t rank, const int64_t *shape) {
  if (!geometry) return true;
  if (!PROMISE(geometry->struct_size >= RI_GEOMETRY_SIZE_1_0, "ri_geometry is shorter than in version 1.0")) return false;
  bool is_kept = PROMISE(geometry->n_in_axes >= 1 && geometry->n_in_axes <= 4, "a geometry has no or too many input axes");
  is_kept &= PROMISE(geometry->groups >= 1 && geometry->parts >= 1, "a geometry has no groups or no parts");
  is_kept &= PROMISE(is_axis(geometry->out_axis, rank), "the output axis is none of the shape's");
  for (uint32_t i = 0; is_kept && i < geometry->n_in_axes; i++) {
    is_kept = PROMISE(is_axis(geometry->in_axes[i], rank), "an input axis is none of the shape's");
    is_kept &= PROMISE(geometry->in_axes[i] != geometry->out_axis, "an axis is input and output");
  }
  return is_kept && PROMISE(shape[geometry->out_axis] % geometry->parts == 0, "parts do not divide the output axis");
}

bool probe_view(const ri_view *view, bool is_inferring) {
  bool is_kept = PROMISE(view->dtype >= RI_F32 && view->dtype <= RI_BOOL8, "a view has no type of elements");
  is_kept &= probe_shape(view->rank, view->shape, view->count);
  if (is_inferring) return is_kept & PROMISE(view->data == NULL, "a view has data while shapes are inferred");
  return is_kept & PROMISE((uintptr_t)view->data % 4 == 0, "the data of a view is not aligned");
}
