/* The host's services, each used and held against its header. */
#include "probe.h"

#include <stdlib.h>
#include <string.h>

enum { count = 40, cut = 17 };

static bool are_equal(const void *a, const void *b, size_t size) { return memcmp(a, b, size) == 0; }

/* A range in one piece and in two, and another lane. */
bool probe_random(const ri_host *host, const ri_random *random) {
  uint32_t words[count], parts[count], lane[count];
  ri_random other = *random;
  other.lane = (random->lane + 1) % 16;
  host->random_words(random, 5, count, words);
  host->random_words(random, 5, cut, parts);
  host->random_words(random, 5 + cut, count - cut, parts + cut);
  host->random_words(&other, 5, count, lane);
  bool is_kept = PROMISE(are_equal(words, parts, sizeof words), "random_words depends on where a range begins");
  is_kept &= PROMISE(!are_equal(words, lane, sizeof words), "two lanes of a stream are the same");
  float whole[count], pieces[count];
  host->random_normal(random, 9, count, 1, 2, whole);
  host->random_normal(random, 9, cut, 1, 2, pieces);
  host->random_normal(random, 9 + cut, count - cut, 1, 2, pieces + cut);
  is_kept &= PROMISE(are_equal(whole, pieces, sizeof whole), "random_normal depends on where a range begins");
  host->random_uniform(random, 0, count, -2, 3, whole);
  for (int i = 0; i < count; i++) is_kept &= PROMISE(whole[i] >= -2 && whole[i] < 3, "random_uniform leaves its bounds");
  const ri_status status = host->random_truncated_normal(random, 0, count, 0, 1, -1, 1, whole);
  for (int i = 0; status == RI_OK && i < count; i++)
    is_kept &= PROMISE(whole[i] >= -1 && whole[i] <= 1, "random_truncated_normal leaves its bounds");
  return is_kept & PROMISE(host->random_truncated_normal(random, 0, count, 0, 1, 5, 4, whole) != RI_OK,
                           "random_truncated_normal accepts bounds in the wrong order");
}

/* Blocks of all alignments, none of which overlaps another. */
bool probe_scratch(const ri_host *host, ri_call *call) {
  enum { blocks = 13, size = 100 };
  unsigned char *memory[blocks];
  bool is_kept = true;
  for (int i = 0; i < blocks; i++) {
    memory[i] = host->scratch(call, size, (uint64_t)1 << i);
    if (!memory[i]) continue;
    is_kept &= PROMISE((uintptr_t)memory[i] % ((uintptr_t)1 << i) == 0, "scratch is not aligned as asked");
    memset(memory[i], i, size);
  }
  for (int i = 0; i < blocks; i++)
    if (memory[i]) is_kept &= PROMISE(memory[i][0] == i && memory[i][size - 1] == i, "two blocks of scratch overlap");
  return is_kept;
}

/* What the pieces of `parallel` write. */
struct pieces {
  unsigned char hits[1000];
  uint64_t grain;
  bool is_short;
};

static ri_status hit(uint64_t first, uint64_t end, void *argument) {
  struct pieces *pieces = argument;
  if (end - first < pieces->grain && end != sizeof pieces->hits) pieces->is_short = true;
  for (uint64_t i = first; i < end && i < sizeof pieces->hits; i++) pieces->hits[i]++;
  return RI_OK;
}

bool probe_parallel(const ri_host *host, ri_call *call) {
  struct pieces *pieces = calloc(1, sizeof *pieces);
  if (!pieces) return true;
  pieces->grain = 64;
  bool is_kept = true;
  if (host->parallel(call, sizeof pieces->hits, pieces->grain, hit, pieces) == RI_OK) {
    for (size_t i = 0; i < sizeof pieces->hits; i++)
      is_kept &= PROMISE(pieces->hits[i] == 1, "parallel does not call for each index exactly once");
    is_kept &= PROMISE(!pieces->is_short, "a piece of parallel is shorter than the grain");
  }
  free(pieces);
  return is_kept;
}

/* Looks at a tensor of four floats that was made of `data`. */
static bool look(const ri_host *host, ri_call *call, ri_tensor *tensor, const float *data) {
  struct { ri_view view; unsigned char after[16]; } shown = {.view = {.struct_size = sizeof shown.view}};
  memset(shown.after, 0x5A, sizeof shown.after);
  if (host->tensor_view(call, tensor, &shown.view)) return true;
  bool is_kept = PROMISE(shown.view.struct_size == sizeof shown.view, "tensor_view changes struct_size");
  for (size_t i = 0; i < sizeof shown.after; i++)
    is_kept &= PROMISE(shown.after[i] == 0x5A, "tensor_view writes beyond the view");
  is_kept &= PROMISE(shown.view.dtype == RI_F32 && shown.view.rank == 2, "a tensor is shown as another one");
  is_kept = is_kept && probe_shape(shown.view.rank, shown.view.shape, shown.view.count);
  if (!is_kept || !shown.view.data) return is_kept;
  return PROMISE(are_equal(shown.view.data, data, 4 * sizeof *data), "tensor_new keeps its data instead of copying it");
}

bool probe_tensors(const ri_host *host, ri_call *call) {
  const int64_t shape[] = {2, 2};
  float data[] = {1, 2, 3, 4};
  const float expected[] = {1, 2, 3, 4};
  ri_tensor *tensor = NULL, *shared = NULL;
  host->tensor_release(NULL);
  host->tensor_retain(NULL);
  if (host->tensor_new(call, RI_F32, 2, shape, data, &tensor)) return true;
  bool is_kept = PROMISE(tensor != NULL, "tensor_new succeeds without a tensor");
  if (!is_kept) return false;
  data[0] = 7;
  is_kept &= look(host, call, tensor, expected);
  host->tensor_retain(tensor);
  host->tensor_release(tensor);
  is_kept &= look(host, call, tensor, expected);
  if (host->tensor_share(call, tensor, &shared) == RI_OK) {
    is_kept &= PROMISE(shared != NULL, "tensor_share succeeds without a tensor");
    is_kept &= look(host, call, shared, expected);
    host->tensor_release(shared);
  }
  host->tensor_release(tensor);
  return is_kept;
}

bool probe_layers(const ri_host *host, ri_call *call) {
  ri_layer *layer = NULL;
  host->layer_release(NULL);
  host->layer_retain(NULL);
  if (host->layer_new(call, ri_text("Dense(in: 3, out: 2)"), NULL, 0, &layer)) return true;
  const bool is_kept = PROMISE(layer != NULL, "layer_new succeeds without a layer");
  host->layer_retain(layer);
  host->layer_release(layer);
  host->layer_release(layer);
  return is_kept;
}

/* Registration is over when the entry has returned. */
bool probe_registration(const ri_host *host) {
  bool is_kept = PROMISE(host->add_initializer(host, &probe_initializers[0]) != RI_OK,
                         "an initializer is registered outside of the entry");
  is_kept &= PROMISE(host->add_layer(host, &probe_layer) != RI_OK, "a layer is registered outside of the entry");
  return is_kept & PROMISE(host->service(host, ri_text("no.such.service"), 1) == NULL, "a service of no name is given");
}
