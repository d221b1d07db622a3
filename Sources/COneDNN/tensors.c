#include "include/onednn.h"
#include "library.h"
#include <pthread.h>
#include <stdlib.h>

#ifdef RD_HAS_DNNL
/* Memory that tensors left behind: fresh pages cost more than what is computed in them. */
enum { RD_KEPT = 64 };
static struct { void *base; size_t size; } kept[RD_KEPT];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

void *rd_take(size_t *size) {
  void *base = NULL;
  pthread_mutex_lock(&lock);
  int best = -1;
  for (int i = 0; i < RD_KEPT; i++)
    if (kept[i].base && kept[i].size >= *size && kept[i].size <= 2 * *size + 4096 &&
        (best < 0 || kept[i].size < kept[best].size))
      best = i;
  if (best >= 0) {
    base = kept[best].base;
    *size = kept[best].size;
    kept[best].base = NULL;
  }
  pthread_mutex_unlock(&lock);
  if (!base && posix_memalign(&base, 64, *size) != 0) return NULL;
  return base;
}

void rd_give(void *base, size_t size) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < RD_KEPT && base; i++)
    if (!kept[i].base) {
      kept[i].base = base;
      kept[i].size = size;
      base = NULL;
    }
  pthread_mutex_unlock(&lock);
  free(base);
}

void rd_trim(void) {
  pthread_mutex_lock(&lock);
  for (int i = 0; i < RD_KEPT; i++) {
    free(kept[i].base);
    kept[i].base = NULL;
  }
  pthread_mutex_unlock(&lock);
}

/* A tensor over memory that is there; the order becomes its own, even where this fails. */
static rd_tensor *over(rd_order order, void *elements, void *owned, size_t size) {
  rd_tensor *tensor = calloc(1, sizeof *tensor);
  if (!tensor) {
    rd_forget_order(order);
    if (owned) rd_give(owned, size);
    return NULL;
  }
  *tensor = (rd_tensor){.order = order, .owned = owned, .size = size};
  if (order && elements &&
      rd_dnnl.dnnl_memory_create(&tensor->memory, order, rd_dnnl.engine, elements) == dnnl_success)
    return tensor;
  rd_free(tensor);
  return NULL;
}

/* With memory of its own; the order becomes its own, even where this fails. */
static rd_tensor *made(rd_order order) {
  if (!order) return NULL;
  size_t size = rd_dnnl.dnnl_memory_desc_get_size(order);
  if (size < 64) size = 64;
  void *owned = rd_take(&size);
  return over(order, owned, owned, size);
}

rd_tensor *rd_make(rd_known_order order) { return made(rd_copied_order(order)); }
rd_tensor *rd_make_by_place(const int64_t sizes[4]) { return made(rd_order_of(4, sizes, dnnl_acdb)); }

rd_tensor *rd_view(const int64_t sizes[4], const float *elements) {
  return over(rd_order_of(4, sizes, dnnl_nchw), (void *)elements, NULL, 0);
}

void rd_free(rd_tensor *tensor) {
  if (!tensor) return;
  if (tensor->memory) rd_dnnl.dnnl_memory_destroy(tensor->memory);
  if (tensor->room) rd_leave_room(tensor->room);
  if (tensor->owned) rd_give(tensor->owned, tensor->size);
  rd_forget_order(tensor->order);
  free(tensor);
}

rd_tensor *rd_moved(rd_tensor *tensor) {
  rd_tensor *moved = malloc(sizeof *moved);
  if (!moved) return NULL;
  *moved = *tensor;
  *tensor = (rd_tensor){0};
  return moved;
}

bool rd_reorder(const rd_tensor *from, const rd_tensor *to) {
  dnnl_primitive_desc_t description;
  if (rd_dnnl.dnnl_reorder_primitive_desc_create(
        &description, from->order, rd_dnnl.engine, to->order, rd_dnnl.engine, NULL) != dnnl_success)
    return false;
  dnnl_exec_arg_t arguments[] = {{DNNL_ARG_FROM, from->memory}, {DNNL_ARG_TO, to->memory}};
  return rd_execute(description, arguments, 2);
}

bool rd_read(const rd_tensor *tensor, float *elements) {
  rd_tensor *view = rd_view(rd_sizes(tensor->order), elements);
  bool is_read = view && rd_reorder(tensor, view);
  rd_free(view);
  return is_read;
}

const float *rd_elements(const rd_tensor *tensor) {
  const int64_t *sizes = rd_sizes(tensor->order);
  size_t count = 1;
  for (int axis = 0; axis < rd_rank(tensor->order); axis++) count *= (size_t)sizes[axis];
  bool is_dense = rd_dnnl.dnnl_memory_desc_get_size(tensor->order) == count * sizeof(float);
  return is_dense ? tensor->owned : NULL;
}

rd_tensor *rd_ordered(const rd_tensor *tensor, rd_known_order order, bool *is_copy) {
  *is_copy = !rd_dnnl.dnnl_memory_desc_equal(tensor->order, order);
  if (!*is_copy) return (rd_tensor *)tensor;
  rd_tensor *copy = rd_make(order);
  if (copy && rd_reorder(tensor, copy)) return copy;
  rd_free(copy);
  return NULL;
}
#else
rd_tensor *rd_view(const int64_t sizes[4], const float *elements) { (void)sizes, (void)elements; return NULL; }
void rd_free(rd_tensor *tensor) { (void)tensor; }
bool rd_read(const rd_tensor *tensor, float *elements) { (void)tensor, (void)elements; return false; }
void rd_trim(void) {}
const float *rd_elements(const rd_tensor *tensor) { (void)tensor; return NULL; }
#endif
