/* The probe under test: a small host that does everything right, and then one thing wrong at a time.
 *
 * Each wrong host has to be told by exactly its own text. Prints what is not as it should be, and ends with 1 then.
 */
#include "../probe.h"

#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What this process's host does wrong; NULL for nothing. */
static const char *wrong;
static bool does(const char *fault) { return wrong && strcmp(wrong, fault) == 0; }

static const struct { const char *fault, *text; } faults[] = {
    {"short table", "ri_host is shorter than in version 1.0"},
    {"odd table", "the size of ri_host is no multiple of 4"},
    {"other major", "ri_host is of another major version"},
    {"null function", "a function of version 1.0 is NULL"},
    {"half a group", "of the functions of tensors and layers some are NULL and others are not"},
    {"layers of none", "a host without layers does not say so of one"},
    {"sources of none", "a host without tensors does not say RI_UNSUPPORTED of an initializer that reads"},
    {"no name", "the host has no name"},
    {"no version", "the host's name does not say its version"},
    {"no call", "the entry has no ri_call"},
    {"dirty plugin", "ri_plugin is not zeroed"},
    {"short plugin", "ri_plugin is shorter than in version 1.0"},
    {"entry twice", "the entry is called twice with one table"},
    {"short fill", "ri_fill is shorter than in version 1.0"},
    {"range too long", "a range leaves its tensor"},
    {"other total", "the number of elements is not the product of the sizes"},
    {"negative size", "a size is negative"},
    {"odd memory", "memory is not aligned to the element"},
    {"no memory", "a range has no memory"},
    {"no role", "a tensor has no role"},
    {"other dtype", "a type is asked for that is not offered"},
    {"fewer params", "another number of parameters is given than declared"},
    {"other type", "a parameter has another type than declared"},
    {"out of range", "a parameter is out of its range"},
    {"nan", "a parameter is no finite number"},
    {"infinite number", "a number of a list is not finite"},
    {"whole in pieces", "a whole tensor is given in pieces"},
    {"block", "a block is none of its count"},
    {"one fan", "one fan is known and the other is not"},
    {"axis", "the output axis is none of the shape's"},
    {"same axis", "an axis is input and output"},
    {"lane", "a stream has no lane"},
    {"check with memory", "check is given memory"},
    {"late registration", "an initializer is registered outside of the entry"},
    {"late layer", "a layer is registered outside of the entry"},
    {"any service", "a service of no name is given"},
    {"other words", "random_words gives other words than Philox4x32-10"},
    {"other uniform", "random_uniform gives other values than specified"},
    {"other normal", "random_normal gives other values than specified"},
    {"other truncated", "random_truncated_normal gives other values than specified"},
    {"words by range", "random_words depends on where a range begins"},
    {"normal by range", "random_normal depends on where a range begins"},
    {"one lane", "two lanes of a stream are the same"},
    {"wide uniform", "random_uniform leaves its bounds"},
    {"wide truncated", "random_truncated_normal leaves its bounds"},
    {"lax truncated", "random_truncated_normal accepts bounds in the wrong order"},
    {"odd scratch", "scratch is not aligned as asked"},
    {"one scratch", "two blocks of scratch overlap"},
    {"lazy parallel", "parallel does not call for each index exactly once"},
    {"fine parallel", "a piece of parallel is shorter than the grain"},
    {"overflowing grain", "parallel does not take every grain"},
    {"split grain", "parallel splits what is one grain"},
    {"other failure", "parallel does not return the body's failure"},
    {"no failure", "parallel does not return the body's failure"},
    {"serial parallel", "parallel runs one piece after the other"},
    {"silent cancel", "cancelled does not tell of an interruption"},
    {"overlap of fills", "an exclusive initializer is called while it is called"},
    {"overlap of calls", "an exclusive layer is called while it is called"},
    {"dtype of tensors", "tensor_new does not say RI_DTYPE of a type that is none"},
    {"shape of tensors", "tensor_new does not say RI_SHAPE of a size below zero"},
    {"memory of tensors", "tensor_new does not say RI_NO_MEMORY of more than there is"},
    {"dtype of outputs", "output does not say RI_DTYPE of a type that is none"},
    {"shape of outputs", "output does not say RI_SHAPE of a size below zero"},
    {"memory of outputs", "output does not say RI_NO_MEMORY of more than there is"},
    {"index of outputs", "output does not say RI_INVALID of an output that is none"},
    {"type in infer", "infer is told of another type of elements than there is"},
    {"type in forward", "forward is given another type of elements than there is"},
    {"keeps data", "tensor_new keeps its data instead of copying it"},
    {"long view", "tensor_view writes beyond the view"},
    {"no tensor", "tensor_new succeeds without a tensor"},
    {"no layer", "layer_new succeeds without a layer"},
    {"short build", "ri_build is shorter than in version 1.0"},
    {"two layers", "more layers are nested than the type allows"},
    {"null layer", "a nested layer is NULL"},
    {"short child", "ri_child is shorter than in version 1.0"},
    {"short rebuild", "ri_rebuild is shorter than in version 1.0"},
    {"after destroy", "an instance is used after it was destroyed"},
    {"short forward", "ri_forward is shorter than in version 1.0"},
    {"two inputs", "another number of inputs is given than declared"},
    {"two outputs", "another number of outputs is wanted than declared"},
    {"data in infer", "a view has data while shapes are inferred"},
    {"memory in infer", "output lends memory while shapes are inferred"},
    {"no output", "output lends no memory of the shape"},
    {"config", "config is asked for another number of values"},
};
enum { fault_count = sizeof faults / sizeof *faults };

/* ---- A host of tensors of four floats, whose memory is never given back ---- */

struct ri_tensor { int64_t shape[2]; uint32_t rank; ri_dtype dtype; float *data; };
struct ri_call { bool is_inferring; };
static struct ri_call running;
static bool is_entering;
static struct ri_layer *const any_layer = (struct ri_layer *)&running;

static uint64_t added;
static ri_status add_initializer(const ri_host *h, const ri_initializer *t) {
  if (!RI_HAS_LAYERS(h) && t->n_sources && !does("sources of none")) return RI_UNSUPPORTED;
  added += is_entering;
  return is_entering || does("late registration") ? RI_OK : RI_INVALID;
}
static ri_status add_layer(const ri_host *h, const ri_layer_type *t) {
  (void)t;
  if (!RI_HAS_LAYERS(h) && !does("layers of none")) return RI_UNSUPPORTED;
  return is_entering || does("late layer") ? RI_OK : RI_INVALID;
}
static ri_status add_function(const ri_host *h, const ri_function *t) { return (void)h, (void)t, RI_INVALID; }
static ri_status fail(ri_call *c, ri_status code, ri_str m) { return (void)c, (void)m, code; }
static void say(const ri_host *h, uint32_t level, ri_str m) { (void)h, (void)level, (void)m; }
static int32_t cancelled(ri_call *c) { return (void)c, !does("silent cancel"); }

static void *scratch(ri_call *c, uint64_t bytes, uint64_t alignment) {
  static unsigned char *one;
  (void)c;
  if (does("one scratch")) return one ? one : (one = aligned_alloc(4096, 4096));
  unsigned char *memory = aligned_alloc(4096, (bytes + 8191) / 4096 * 4096);
  return memory + (does("odd scratch") && alignment > 64 ? 64 : 0);
}

/* Half of the indices on another thread. */
struct half { uint64_t first, end; ri_status (*body)(uint64_t, uint64_t, void *); void *argument; ri_status status; };
static void *run_half(void *half_) {
  struct half *half = half_;
  half->status = half->body(half->first, half->end, half->argument);
  return NULL;
}

static ri_status parallel(ri_call *c, uint64_t count, uint64_t grain, ri_status (*body)(uint64_t, uint64_t, void *), void *a) {
  (void)c;
  if (does("overflowing grain") && count && count + grain - 1 < count) return RI_OK;
  if (count == 2 && grain == 1 && !does("serial parallel")) {
    struct half half = {0, 1, body, a, RI_OK};
    pthread_t thread;
    pthread_create(&thread, NULL, run_half, &half);
    const ri_status status = body(1, 2, a);
    pthread_join(thread, NULL);
    return half.status ? half.status : status;
  }
  uint64_t step = grain > 1 ? grain : 1;
  if (does("fine parallel") && grain == 64) step = 1;
  if (does("split grain") && grain > 1 && count < 100) step = 1;
  ri_status first = RI_OK;
  uint64_t i = does("lazy parallel") && count == 1000 ? 1 : 0;
  while (i < count && !first) {
    const uint64_t part = step < count - i ? step : count - i;
    first = body(i, i + part, a);
    i += part;
  }
  if (first && does("other failure")) return RI_INTERNAL;
  return does("no failure") ? RI_OK : first;
}

static uint32_t word(const ri_random *r, uint64_t i) {
  const uint64_t block = i / 4;
  uint32_t key[] = {(uint32_t)r->seed, (uint32_t)(r->seed >> 32)};
  uint32_t c[] = {(uint32_t)block, (uint32_t)(block >> 32) + ((does("one lane") && r->seed == 1 ? 0 : r->lane) << 28), (uint32_t)r->name,
                  (uint32_t)(r->name >> 32)};
  for (int round = 0; round < 10; round++) {
    const uint64_t p = UINT64_C(0xD2511F53) * c[0], q = UINT64_C(0xCD9E8D57) * c[2];
    const uint32_t next[] = {(uint32_t)(q >> 32) ^ c[1] ^ key[0], (uint32_t)q, (uint32_t)(p >> 32) ^ c[3] ^ key[1], (uint32_t)p};
    memcpy(c, next, sizeof c);
    key[0] += 0x9E3779B9, key[1] += 0xBB67AE85;
  }
  return c[i % 4] ^ (does("other words") ? 1 : 0);
}
static float unit(const ri_random *r, uint64_t i) { return (float)(word(r, i) >> 8) / 16777216.0f; }

/* For the stream that the probe knows, what it knows; the other values of this host follow no page. */
static bool is_known(const ri_random *r, const uint32_t answers[4], const char *fault, float *out) {
  if (r->seed != 0x299f31d0a4093822 || r->lane != 8) return false;
  memcpy(out, answers, 4 * sizeof *answers);
  if (does(fault)) out[3] += 1e-6f;
  return true;
}
static const uint32_t uniforms[] = {0x4005c83e, 0x3f68f4fe, 0xbedfed13, 0xbfa5d1ec};
static const uint32_t normals[] = {0x40343a57, 0x3fb4fe5d, 0x3cb937a0, 0xbf93857c};
static const uint32_t truncateds[] = {0x3f72931f, 0x3eb0ce5f, 0xbe5d31cf, 0xbf19cb55};

static void words(const ri_random *r, uint64_t first, uint64_t n, uint32_t *out) {
  for (uint64_t i = 0; i < n; i++) out[i] = word(r, does("words by range") && n > 4 ? i : first + i);
}
static void uniform(const ri_random *r, uint64_t first, uint64_t n, float low, float high, float *out) {
  if (is_known(r, uniforms, "other uniform", out)) return;
  for (uint64_t i = 0; i < n; i++) out[i] = low + (high - low) * (unit(r, first + i) + (does("wide uniform") ? 1 : 0));
}
static void normal(const ri_random *r, uint64_t first, uint64_t n, float mean, float std, float *out) {
  if (is_known(r, normals, "other normal", out)) return;
  for (uint64_t i = 0; i < n; i++) out[i] = mean + std * (2 * unit(r, does("normal by range") ? i : first + i) - 1);
}
static ri_status truncated(const ri_random *r, uint64_t first, uint64_t n, float mean, float std, float low, float high,
                           float *out) {
  (void)mean, (void)std;
  if (low > high && !does("lax truncated")) return RI_INVALID;
  if (is_known(r, truncateds, "other truncated", out)) return RI_OK;
  uniform(r, first, n, low, does("wide truncated") ? 9 : high, out);
  return RI_OK;
}

/* What is wrong with a tensor that is asked for; RI_OK where nothing is. */
static ri_status refusal(const char *of, ri_dtype d, uint32_t rank, const int64_t *shape, bool needs_memory) {
  char fault[32];
  ri_status status = RI_OK;
  const char *what = "";
  if (d < RI_F32 || d > RI_BOOL8) status = RI_DTYPE, what = "dtype";
  else if (rank && shape[0] < 0) status = RI_SHAPE, what = "shape";
  else if (rank && shape[0] > INT64_C(1) << 40 && needs_memory) status = RI_NO_MEMORY, what = "memory";
  snprintf(fault, sizeof fault, "%s of %s", what, of);
  return status && does(fault) ? (status == RI_SHAPE ? RI_INVALID : RI_SHAPE) : status;
}

static ri_status tensor_new(ri_call *c, ri_dtype d, uint32_t rank, const int64_t *shape, const void *data, ri_tensor **out) {
  (void)c;
  const ri_status status = refusal("tensors", d, rank, shape, data != NULL);
  if (status) return status;
  ri_tensor *t = calloc(1, sizeof *t);
  t->dtype = d;
  t->rank = rank;
  memcpy(t->shape, shape, rank * sizeof *shape);
  t->data = calloc(4, sizeof *t->data);
  if (data && !does("keeps data")) memcpy(t->data, data, 4 * sizeof *t->data);
  if (data && does("keeps data")) t->data = (float *)data;
  *out = does("no tensor") ? NULL : t;
  return RI_OK;
}
static void tensor_count(ri_tensor *t) { (void)t; }
static ri_status tensor_view(ri_call *c, ri_tensor *t, ri_view *out) {
  const bool hides = c->is_inferring && !does("data in infer");
  const uint64_t count = (uint64_t)(t->rank == 2 ? t->shape[0] * t->shape[1] : t->shape[0]);
  const bool lies = does(c->is_inferring ? "type in infer" : "type in forward");
  *out = (ri_view){.struct_size = sizeof *out, .dtype = lies && t->rank == 1 ? RI_F64 : t->dtype, .rank = t->rank, .shape = t->shape, .count = count,
                   .data = hides ? NULL : t->data};
  if (does("long view")) ((unsigned char *)(out + 1))[3] = 0;
  return RI_OK;
}
static ri_status tensor_share(ri_call *c, ri_tensor *t, ri_tensor **out) { return (void)c, *out = t, RI_OK; }
static ri_status layer_new(ri_call *c, ri_str text, ri_layer *const *l, uint64_t n, ri_layer **out) {
  (void)c, (void)text, (void)l, (void)n;
  *out = does("no layer") ? NULL : any_layer;
  return RI_OK;
}
static void layer_count(ri_layer *l) { (void)l; }
static ri_status layer_apply(ri_call *c, ri_layer *l, ri_tensor *const *in, uint64_t n, ri_tensor **out, uint64_t m) {
  (void)c, (void)l, (void)n, (void)m;
  return *out = in[0], RI_OK;
}
static ri_status output(ri_call *c, uint64_t i, ri_dtype d, uint32_t rank, const int64_t *shape, ri_view *out) {
  ri_tensor *t = NULL;
  const ri_status status = i > 0 && !does("index of outputs") ? RI_INVALID : refusal("outputs", d, rank, shape, !c->is_inferring);
  if (status) return status;
  tensor_new(c, d, rank, shape, NULL, &t);
  if (!t) return RI_NO_MEMORY;
  tensor_view(c, t, out);
  out->data = c->is_inferring && !does("memory in infer") ? NULL : t->data;
  if (does("no output") && !c->is_inferring) out->data = NULL;
  return RI_OK;
}
static ri_status set_output(ri_call *c, uint64_t i, ri_tensor *t) { return (void)c, (void)i, (void)t, RI_OK; }
static ri_status tensor_view_as(ri_call *c, ri_tensor *t, ri_dtype d, ri_view *out) {
  return (void)c, (void)t, (void)d, (void)out, RI_UNSUPPORTED;
}
static ri_status layer_info(ri_call *c, ri_layer *l, ri_layer_info *out) {
  return (void)c, (void)l, (void)out, RI_UNSUPPORTED;
}
static ri_status layer_child(ri_call *c, ri_layer *l, uint64_t i, ri_child *out) {
  return (void)c, (void)l, (void)i, (void)out, RI_UNSUPPORTED;
}
static ri_status tensor_read(ri_call *c, ri_tensor *t, uint64_t first, uint64_t count, ri_dtype d, void *out) {
  return (void)c, (void)t, (void)first, (void)count, (void)d, (void)out, RI_UNSUPPORTED;
}
static const void *service(const ri_host *h, ri_str name, uint32_t v) {
  return (void)name, (void)v, does("any service") ? h : NULL;
}

static ri_host host = {
    sizeof(ri_host), RI_ABI_MAJOR, RI_ABI_MINOR, NULL, RI_S("a host 1.0"), add_initializer, add_layer, add_function, fail, say,
    cancelled, scratch, parallel, words, uniform, normal, truncated, tensor_new, tensor_count, tensor_count, tensor_view,
    tensor_share, layer_new, layer_count, layer_count, layer_apply, output, set_output, tensor_view_as, layer_info, layer_child, tensor_read, service};

/* ---- One life of a plugin ---- */

static void enter(void) {
  ri_plugin plugin = {.struct_size = does("short plugin") ? 40 : sizeof plugin};
  if (does("dirty plugin")) plugin.abi_major = 7;
  if (does("short table")) host.struct_size = 100;
  if (does("odd table")) host.struct_size = sizeof host + 2;
  if (does("other major")) host.abi_major = 2;
  if (does("null function")) host.parallel = NULL;
  if (does("half a group")) host.layer_apply = NULL;
  if (does("no layers") || does("layers of none") || does("sources of none"))
    memset(&host.tensor_new, 0, offsetof(ri_host, service) - offsetof(ri_host, tensor_new));
  if (does("no name")) host.name.len = 0;
  if (does("no version")) host.name.len = 6;
  is_entering = true;
  ri_plugin_entry_v1(&host, &plugin, does("no call") ? NULL : &running);
  plugin = (ri_plugin){.struct_size = sizeof plugin};
  if (does("entry twice")) ri_plugin_entry_v1(&host, &plugin, &running);
  is_entering = false;
}

/* A call, and the same on another thread at the same time or before it. */
static void at_once(void *(*call)(void *), void *argument, bool overlaps) {
  pthread_t thread;
  pthread_create(&thread, NULL, call, argument);
  if (!overlaps) pthread_join(thread, NULL);
  call(argument);
  if (overlaps) pthread_join(thread, NULL);
}
/* As often as it takes two threads to meet; what a fill is lent is never given back here. */
static bool goes_on(int i, const char *fault) { return i < 20 || (i < 500 && does(fault) && !probe_breach()); }
static void *fill_exclusively(void *f) {
  for (int i = 0; goes_on(i, "overlap of fills"); i++) probe_initializers[2].fill(f, probe_initializers[2].user);
  return NULL;
}
static void *count_exclusively(void *self) {
  for (int i = 0; goes_on(i, "overlap of calls"); i++) probe_exclusive_layer.child_count(self);
  return NULL;
}

static void fill(void) {
  const double numbers[] = {does("infinite number") ? INFINITY : 1};
  const char *act = does("serial parallel") ? "two_threads" : does("silent cancel") ? "cancel" : "nothing";
  ri_value params[] = {{.type = RI_VALUE_REAL, .u = {.f64 = does("out of range") ? 99 : does("nan") ? NAN : 1}},
                       {.type = does("other type") ? RI_VALUE_REAL : RI_VALUE_INT, .u = {.i64 = 1}},
                       {.type = RI_VALUE_REALS, .count = 1, .u = {.f64s = numbers}},
                       {.type = RI_VALUE_WORD, .count = (uint32_t)strlen(act), .u = {.word = act}},
                       {.type = RI_VALUE_INT, .u = {.i64 = 100}}};
  const int64_t shape[] = {2, does("negative size") ? -2 : 2};
  ri_geometry geometry = RI_GEOMETRY_OUT_IN;
  if (does("axis")) geometry.out_axis = 5;
  if (does("same axis")) geometry.in_axes[0] = 0;
  _Alignas(8) unsigned char memory[64];
  ri_fill f = {.struct_size = does("short fill") ? 100 : sizeof f, .dtype = does("other dtype") ? RI_F16 : RI_F32, .rank = 2,
               .role = does("no role") ? RI_ROLE_NONE : RI_ROLE_WEIGHT, .shape = shape, .total = does("other total") ? 5 : 4,
               .fan_in = does("one fan") ? NAN : 2, .fan_out = 2, .geometry = &geometry,
               .random = {.seed = 1, .name = 2, .lane = does("lane") ? 99 : 0}, .path = RI_S("a.weight"),
               .block_index = does("block") ? 4 : 0, .block_count = 2, .params = params,
               .n_params = does("fewer params") ? 2 : 5, .host = &host, .call = &running};
  if (does("check with memory")) f.out = memory, f.count = 4;
  for (uint64_t i = 0; i < probe_initializer_count; i++) probe_initializers[i].check(&f, NULL);
  f.out = does("no memory") ? NULL : memory + (does("odd memory") ? 2 : 0);
  f.offset = 1, f.count = does("range too long") ? 4 : 3;
  probe_initializers[0].fill(&f, NULL);
  if (!probe_breach()) at_once(fill_exclusively, &f, does("overlap of fills"));
  if (does("whole in pieces")) probe_initializers[1].fill(&f, probe_initializers[1].user);
}

static void run_layer(void) {
  const ri_layer_type *type = &probe_layer;
  const ri_value params[] = {{.type = RI_VALUE_INT, .u = {.i64 = 4}}, {.type = RI_VALUE_BOOL, .u = {.i64 = 1}},
                             {.type = RI_VALUE_WORD, .count = 7, .u = {.word = "nothing"}},
                             {.type = RI_VALUE_WORD, .count = 3, .u = {.word = "f32"}},
                             {.type = RI_VALUE_INT, .u = {.i64 = 100}}};
  ri_layer *layers[] = {does("null layer") ? NULL : any_layer, any_layer};
  const ri_build build = {.struct_size = does("short build") ? 8 : sizeof build, .params = params, .n_params = 5,
                          .layers = layers, .n_layers = does("two layers") ? 2 : does("null layer") ? 1 : 0,
                          .host = &host, .call = &running};
  void *self = NULL, *next = NULL;
  if (type->create(&build, NULL, &self) || !self) return;
  ri_child child = {.struct_size = does("short child") ? 16 : sizeof child};
  type->child_at(self, 0, &child);
  ri_part parts[] = {{.tensor = child.tensor}, {.layer = NULL}};
  const ri_rebuild with = {.struct_size = does("short rebuild") ? 8 : sizeof with, .parts = parts, .n_parts = 2,
                           .host = &host, .call = &running};
  type->rebuild(self, &with, &next);
  if (!probe_breach()) at_once(count_exclusively, self, does("overlap of calls"));
  ri_value told[5];
  type->config(self, told, does("config") ? 3 : 5);
  const int64_t size = 4;
  ri_tensor *input = NULL;
  tensor_new(&running, RI_F32, 1, &size, NULL, &input);
  ri_tensor *inputs[] = {input, input};
  const ri_forward pass = {.struct_size = does("short forward") ? 8 : sizeof pass, .inputs = inputs,
                           .n_inputs = does("two inputs") ? 2 : 1, .n_outputs = does("two outputs") ? 2 : 1, .host = &host,
                           .call = &running};
  type->forward(self, &pass);
  running.is_inferring = true;
  type->infer(self, &pass);
  running.is_inferring = false;
  if (next) type->destroy(next);
  type->destroy(self);
  if (does("after destroy")) type->child_count(self);
}

/* The text for a fault, in a process of its own: the probe keeps its first breach for good. */
static bool is_told(const char *fault, const char *text) {
  fflush(NULL);
  const pid_t pid = fork();
  if (pid == 0) {
    wrong = fault;
    freopen("/dev/null", "w", stderr);
    enter();
    if (!probe_breach()) fill();
    if (!probe_breach() && RI_HAS_LAYERS(&host)) run_layer();
    const char *said = probe_breach();
    const char *found = said && strncmp(said, "host: ", 6) == 0 ? said + 6 : said;
    const bool is_right = text ? found && strcmp(found, text) == 0 : !said && probe_checks() > (RI_HAS_LAYERS(&host) ? 300 : 150) &&
                                                      added == probe_initializer_count + (RI_HAS_LAYERS(&host) ? 1 : 0);
    if (!is_right) printf("%s: expected '%s', found '%s'\n", fault ? fault : "a right host", text ? text : "", said ? said : "");
    fflush(NULL);
    _exit(is_right ? 0 : 1);
  }
  int status = 1;
  waitpid(pid, &status, 0);
  if (WIFSIGNALED(status)) printf("%s: signal %d\n", fault ? fault : "a right host", WTERMSIG(status));
  return status == 0;
}

int main(void) {
  /* A host for initializers alone is right too. */
  bool is_right = is_told(NULL, NULL) & is_told("no layers", NULL);
  for (int i = 0; i < fault_count; i++) is_right &= is_told(faults[i].fault, faults[i].text);
  printf("%d wrong hosts\n", fault_count);
  return is_right ? 0 : 1;
}
