/* Pictures that grow along their channels, as a DenseNet's do: the channels of a place lie side by side, with room for
 * more behind them. What is concatenated is written there, and nothing that was there before is copied. */
#include "include/onednn.h"
#include "library.h"
#include <stdlib.h>
#include <string.h>

#ifdef RD_HAS_DNNL
#pragma STDC FP_CONTRACT OFF
#ifndef __has_feature
#define __has_feature(feature) 0
#endif
/* One code for each width of vectors, chosen when the program is loaded: before ThreadSanitizer is ready for it. */
#if defined(__x86_64__) && !__has_feature(thread_sanitizer)
#define RD_WIDE __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define RD_WIDE
#endif

/* Elements that a thread takes at a time. */
enum { PART = 1 << 15 };

/* Some channels of every place. */
typedef struct rows {
  float *base;
  int64_t step, channels, places;
} rows;

static int64_t channels_of(const rd_tensor *x) { return rd_sizes(x->order)[1]; }

static rows rows_of(const rd_tensor *x) {
  const int64_t *sizes = rd_sizes(x->order);
  return (rows){
    .base = x->room ? x->room->base : x->owned, .step = x->room ? x->room->capacity : sizes[1], .channels = sizes[1],
    .places = sizes[0] * sizes[2] * sizes[3]};
}

bool rd_is_by_place(const rd_tensor *x) {
  if (x->room) return true;
  if (!x->owned || rd_rank(x->order) != 4) return false;
  rd_order order = rd_order_of(4, rd_sizes(x->order), dnnl_acdb);
  bool is_equal = order && rd_dnnl.dnnl_memory_desc_equal(order, x->order);
  rd_forget_order(order);
  return is_equal;
}

static rd_room *make_room(int64_t places, int64_t capacity) {
  rd_room *room = calloc(1, sizeof *room);
  if (!room) return NULL;
  room->capacity = capacity;
  room->size = (size_t)(places * capacity) * sizeof(float);
  room->base = rd_take(&room->size);
  if (room->base) return room;
  free(room);
  return NULL;
}

void rd_leave_room(rd_room *room) {
  if (--room->holders > 0) return;
  rd_give(room->base, room->size);
  free(room);
}

/* The first channels of a room as a tensor of those sizes, which holds the room. */
static rd_tensor *view(rd_room *room, const int64_t sizes[4]) {
  const int64_t all[4] = {sizes[0], room->capacity, sizes[2], sizes[3]};
  rd_order whole = rd_order_of(4, all, dnnl_acdb), order = whole ? rd_order_within(whole, sizes) : NULL;
  rd_forget_order(whole);
  room->holders++;
  rd_tensor *x = calloc(1, sizeof *x);
  if (x && order &&
      rd_dnnl.dnnl_memory_create(&x->memory, order, rd_dnnl.engine, room->base) == dnnl_success) {
    x->order = order;
    x->room = room;
    return x;
  }
  free(x);
  rd_forget_order(order);
  rd_leave_room(room);
  return NULL;
}

typedef struct job {
  rows from, to;
  int64_t places; /* of one part */
  const float *mean, *scale, *shift;
  bool is_rectified;
} job;

/* Calls the body for all parts of a job. */
static void spread(job *shared, void (*body)(void *, int)) {
  shared->places = PART / shared->from.channels + 1;
  rd_spread((int)((shared->from.places + shared->places - 1) / shared->places), body, shared);
}

static int64_t end_of(const job *j, int index) {
  int64_t end = (index + 1) * j->places;
  return end < j->from.places ? end : j->from.places;
}

static void copy(void *context, int index) {
  const job *j = context;
  for (int64_t place = index * j->places; place < end_of(j, index); place++)
    memcpy(
      j->to.base + place * j->to.step, j->from.base + place * j->from.step,
      (size_t)j->from.channels * sizeof(float));
}

rd_tensor *rd_grown(const rd_tensor *const *parts, int count) {
  const rd_tensor *first = parts[0];
  int64_t total = 0;
  for (int i = 0; i < count; i++) {
    if (!rd_is_by_place(parts[i])) return NULL;
    total += channels_of(parts[i]);
  }
  rd_room *room = first->room;
  bool fits = room && room->used == channels_of(first) && total <= room->capacity;
  /* What has grown once will go on. */
  if (!fits) room = make_room(rows_of(first).places, room ? 2 * total : total);
  if (!room) return NULL;
  const int64_t *own = rd_sizes(first->order), sizes[4] = {own[0], total, own[2], own[3]};
  rd_tensor *grown = view(room, sizes);
  if (!grown) return NULL;
  int64_t done = fits ? channels_of(first) : 0;
  for (int i = fits; i < count; done += channels_of(parts[i++])) {
    job one = {.from = rows_of(parts[i]), .to = rows_of(grown)};
    one.to.base += done;
    spread(&one, copy);
  }
  room->used = total;
  return grown;
}

RD_WIDE static void normalize_row(const job *j, const float *restrict x, float *restrict y) {
  const float *restrict mean = j->mean, *restrict scale = j->scale, *restrict shift = j->shift;
  const int64_t channels = j->from.channels;
  if (j->is_rectified)
    for (int64_t c = 0; c < channels; c++) {
      float value = (x[c] - mean[c]) * scale[c] + shift[c];
      y[c] = value > 0 ? value : 0;
    }
  else
    for (int64_t c = 0; c < channels; c++) y[c] = (x[c] - mean[c]) * scale[c] + shift[c];
}

static void normalize(void *context, int index) {
  const job *j = context;
  for (int64_t place = index * j->places; place < end_of(j, index); place++)
    normalize_row(j, j->from.base + place * j->from.step, j->to.base + place * j->to.step);
}

rd_tensor *rd_normalize_places(
  const rd_tensor *x, const float *mean, const float *scale, const float *shift, bool is_rectified) {
  rd_tensor *y = rd_make_by_place(rd_sizes(x->order));
  if (!y) return NULL;
  job all = {
    .from = rows_of(x), .to = rows_of(y), .mean = mean, .scale = scale, .shift = shift, .is_rectified = is_rectified};
  spread(&all, normalize);
  return y;
}

rd_tensor *rd_compact(const rd_tensor *x, bool *is_copy) {
  *is_copy = false;
  if (!x->room) return (rd_tensor *)x;
  rd_order order = rd_order_of(4, rd_sizes(x->order), dnnl_acdb);
  rd_tensor *compact = order ? rd_ordered(x, order, is_copy) : NULL;
  rd_forget_order(order);
  return compact;
}
#endif
