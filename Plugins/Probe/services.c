/* The host's services, each used and held against its header. */
#include "probe.h"

#include <stdlib.h>
#include <time.h>

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

/* Random123's known answers for Philox4x32-10, and what docs/random.md makes of the second one's words: calculated from
 * the page, exactly, by Tests/RandomTests/Reference. */
static const struct { ri_random random; uint64_t first; uint32_t words[4]; } known[] = {
    {{0, 0, 0, 0}, 0, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0x299f31d0a4093822, 0x0370734413198a2e, 8, 0}, 0x168c234c90fdaa20, {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
    {{UINT64_MAX, UINT64_MAX, 15, 0}, 0x3ffffffffffffffc, {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
};
static const uint32_t known_uniform[] = {0x4005c83e, 0x3f68f4fe, 0xbedfed13, 0xbfa5d1ec};   /* [-2, 3) */
static const uint32_t known_normal[] = {0x40343a57, 0x3fb4fe5d, 0x3cb937a0, 0xbf93857c};    /* mean 1, std 2 */
static const uint32_t known_truncated[] = {0x3f72931f, 0x3eb0ce5f, 0xbe5d31cf, 0xbf19cb55}; /* 0, 1 in (-1, 2) */

bool probe_known_answers(const ri_host *host) {
  bool is_kept = true;
  uint32_t words[4];
  float values[4];
  for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
    host->random_words(&known[i].random, known[i].first, 4, words);
    is_kept &= PROMISE(are_equal(words, known[i].words, sizeof words), "random_words gives other words than Philox4x32-10");
  }
  host->random_uniform(&known[1].random, known[1].first, 4, -2, 3, values);
  is_kept &= PROMISE(are_equal(values, known_uniform, sizeof values), "random_uniform gives other values than specified");
  host->random_normal(&known[1].random, known[1].first, 4, 1, 2, values);
  is_kept &= PROMISE(are_equal(values, known_normal, sizeof values), "random_normal gives other values than specified");
  const ri_status status = host->random_truncated_normal(&known[1].random, known[1].first, 4, 0, 1, -1, 2, values);
  return is_kept & PROMISE(status == RI_OK && are_equal(values, known_truncated, sizeof values),
                           "random_truncated_normal gives other values than specified");
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

/* Which piece fails with what; how many there were, and the indices that they cover. */
struct failing {
  uint64_t at;
  ri_status status;
  atomic_uint_fast64_t pieces, indices;
};

static ri_status fail_there(uint64_t first, uint64_t end, void *argument) {
  struct failing *failing = argument;
  atomic_fetch_add(&failing->pieces, 1);
  atomic_fetch_add(&failing->indices, end - first);
  return first <= failing->at && failing->at < end ? failing->status : RI_OK;
}

/* No, all and more indices than there are. */
static bool probe_grains(const ri_host *host, ri_call *call) {
  static const uint64_t cases[][2] = {{0, 0}, {0, 8}, {7, 0}, {1000, UINT64_MAX}, {UINT64_MAX, UINT64_MAX}, {9, 9}, {1, 2}};
  bool is_kept = true;
  for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
    struct failing none = {.status = RI_OK};
    if (host->parallel(call, cases[i][0], cases[i][1], fail_there, &none)) continue;
    is_kept &= PROMISE(none.indices == cases[i][0], "parallel does not take every grain");
    if (cases[i][1] >= cases[i][0]) is_kept &= PROMISE(none.pieces <= 1, "parallel splits what is one grain");
  }
  return is_kept;
}

/* Of one piece that fails, the status comes back as it is. */
static bool probe_failures(const ri_host *host, ri_call *call) {
  static const ri_status statuses[] = {RI_CANCELLED, RI_NO_MEMORY, RI_UNSUPPORTED, 4711, -3};
  bool is_kept = true;
  for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
    struct failing failing = {.at = 500, .status = statuses[i]};
    const ri_status status = host->parallel(call, 1000, 10, fail_there, &failing);
    if (failing.pieces) is_kept &= PROMISE(status == statuses[i], "parallel does not return the body's failure");
  }
  return is_kept;
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
  return is_kept && probe_grains(host, call) && probe_failures(host, call);
}

struct meeting {
  atomic_uint inside;
  int64_t patience;
};

/* Two pieces at once, each of which waits for the other. */
static ri_status meet(uint64_t first, uint64_t end, void *argument) {
  const struct timespec nap = {0, 1000000};
  struct meeting *meeting = argument;
  atomic_fetch_or(&meeting->inside, first < end && first == 0 ? 1 : 2);
  for (int64_t i = 0; i < meeting->patience && atomic_load(&meeting->inside) != 3; i++) nanosleep(&nap, NULL);
  return atomic_load(&meeting->inside) == 3 ? RI_OK : RI_INTERNAL;
}

bool probe_threads(const ri_host *host, ri_call *call, int64_t patience) {
  struct meeting meeting = {0, patience};
  return PROMISE(host->parallel(call, 2, 1, meet, &meeting) == RI_OK, "parallel runs one piece after the other");
}

ri_status probe_cancel(const ri_host *host, ri_call *call, int64_t patience) {
  const struct timespec nap = {0, 1000000};
  host->log(host, RI_LOG_WARNING, ri_text("the probe waits to be canceled"));
  for (int64_t i = 0; i < patience; i++) {
    if (host->cancelled(call)) return RI_CANCELLED;
    nanosleep(&nap, NULL);
  }
  PROMISE(false, "cancelled does not tell of an interruption");
  return probe_verdict(host, call);
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

struct holding { const ri_host *host; ri_tensor *tensor; };

/* References are counted on several threads at once. */
static ri_status hold(uint64_t first, uint64_t end, void *argument) {
  const struct holding *holding = argument;
  for (uint64_t i = first; i < end; i++) {
    for (int n = 0; n < 16; n++) holding->host->tensor_retain(holding->tensor);
    for (int n = 0; n < 16; n++) holding->host->tensor_release(holding->tensor);
  }
  return RI_OK;
}

/* A refusal says what is wrong; any service may lack memory at any time. */
static bool says(ri_status found, ri_status expected) { return found == expected || found == RI_NO_MEMORY; }

static const int64_t giant = INT64_C(1) << 58, negative = -1, one = 1;

bool probe_statuses(const ri_host *host, ri_call *call) {
  const float data = 1;
  ri_tensor *tensor = NULL;
  bool is_kept = PROMISE(says(host->tensor_new(call, 99, 1, &one, NULL, &tensor), RI_DTYPE),
                         "tensor_new does not say RI_DTYPE of a type that is none");
  is_kept &= PROMISE(says(host->tensor_new(call, RI_F32, 1, &negative, NULL, &tensor), RI_SHAPE),
                     "tensor_new does not say RI_SHAPE of a size below zero");
  return is_kept & PROMISE(host->tensor_new(call, RI_F32, 1, &giant, &data, &tensor) == RI_NO_MEMORY,
                           "tensor_new does not say RI_NO_MEMORY of more than there is");
}

/* In a forward pass. */
bool probe_output_statuses(const ri_host *host, ri_call *call) {
  ri_view view = {.struct_size = sizeof view};
  bool is_kept = PROMISE(says(host->output(call, 0, 99, 1, &one, &view), RI_DTYPE),
                         "output does not say RI_DTYPE of a type that is none");
  is_kept &= PROMISE(says(host->output(call, 0, RI_F32, 1, &negative, &view), RI_SHAPE),
                     "output does not say RI_SHAPE of a size below zero");
  is_kept &= PROMISE(host->output(call, 0, RI_F32, 1, &giant, &view) == RI_NO_MEMORY,
                     "output does not say RI_NO_MEMORY of more than there is");
  return is_kept & PROMISE(says(host->output(call, 99, RI_F32, 1, &one, &view), RI_INVALID),
                           "output does not say RI_INVALID of an output that is none");
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
  struct holding holding = {host, tensor};
  host->parallel(call, 64, 1, hold, &holding);
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
