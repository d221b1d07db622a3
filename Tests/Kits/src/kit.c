/* What plugins in C say: needs, an extension, a layer that asks about others, a described one. */
#include <reinit/kit.h>

#include <reinit/draft/dlpack.h>

/* ---- y = n · inner(x), with as many tensors as `inner` has; says what it is, and what they are, if it is to be loud ---- */

enum { LOUD };
static const ri_param loud[] = {[LOUD] = RI_BOOL_PARAM("loud", 0, "whether it says so")};
enum { INNER };
static const ri_child_row nested[] = {[INNER] = {RI_LAYER_ROW("inner", "")}};

__attribute__((format(printf, 2, 3))) static void say(const ri_forward *pass, const char *format, ...) {
  char line[400];
  va_list arguments;
  if (!pass->params[LOUD].u.i64) return;
  va_start(arguments, format);
  vsnprintf(line, sizeof line, format, arguments);
  va_end(arguments);
  pass->host->log(pass->host, RI_LOG_NOTE, ri_text(line));
}

#define SHOW(text_) (int)(text_).len, (text_).len ? (text_).ptr : ""

static ri_status shape_text(const ri_forward *pass, ri_tensor *tensor, char *out, size_t size) {
  ri_view view;
  RI_TRY(ri_floats(pass, tensor, "a child", &view));
  size_t end = (size_t)snprintf(out, size, "tensor [");
  for (uint32_t i = 0; i < view.rank && end < size; i++)
    end += (size_t)snprintf(out + end, size - end, i ? ", %lld" : "%lld", (long long)view.shape[i]);
  if (end < size) snprintf(out + end, size - end, "]");
  return RI_OK;
}

static ri_status say_child(const ri_forward *pass, const ri_child *child) {
  const ri_host *host = pass->host;
  char kind[200] = "absent", axes[80] = "", begins[80] = "";
  if (child->tensor) RI_TRY(shape_text(pass, child->tensor, kind, sizeof kind));
  if (child->layer) {
    ri_layer_info info = {.struct_size = sizeof info};
    RI_TRY(host->layer_info(pass->call, child->layer, &info));
    snprintf(kind, sizeof kind, "layer %.*s", SHOW(info.type));
  }
  if (child->geometry) snprintf(axes, sizeof axes, " axes %d %d", child->geometry->out_axis, child->geometry->in_axes[0]);
  if (child->begins) snprintf(begins, sizeof begins, " begins %u %g", child->begins->kind, child->begins->mean);
  say(pass, "%.*s: %s, role %u%s%s%s %.*s", SHOW(child->name), kind, child->role,
      child->flags & RI_CHILD_FROZEN ? ", frozen" : "", axes, begins, SHOW(child->fresh));
  return RI_OK;
}

static ri_status tell(const void *user, const ri_forward *pass) {
  (void)user;
  const ri_host *host = pass->host;
  ri_layer *inner = pass->children[INNER].layer;
  ri_layer_info info = {.struct_size = sizeof info};
  ri_child child;
  uint64_t tensors = 0;
  RI_TRY(host->layer_info(pass->call, inner, &info));
  say(pass, "%.*s | %.*s | %llu", SHOW(info.type), SHOW(info.text), (unsigned long long)info.n_children);
  for (uint64_t i = 0; i < info.n_children; i++) {
    child = (ri_child){.struct_size = sizeof child};
    RI_TRY(host->layer_child(pass->call, inner, i, &child));
    tensors += child.tensor != NULL;
    if (pass->params[LOUD].u.i64) RI_TRY(say_child(pass, &child));
  }
  child = (ri_child){.struct_size = sizeof child};
  if (pass->params[LOUD].u.i64) say(pass, "beyond: %d", (int)host->layer_child(pass->call, inner, info.n_children, &child));
  ri_view z, y;
  RI_TRY(ri_apply(pass, inner, pass->inputs[0], "what the nested layer gives", &z));
  RI_TRY(ri_make_floats(pass, z.rank, z.shape, &y));
  if (!y.data) return RI_OK;
  for (uint64_t i = 0; i < z.count; i++) ((float *)y.data)[i] = (float)tensors * ((const float *)z.data)[i];
  return RI_OK;
}

static const ri_layer_type facts = {RI_LAYER_HEAD("Facts", 1, "what a nested layer is"), .min_layers = 1, .max_layers = 1,
                                    RI_PARAMS(loud), RI_CHILDREN(nested), .forward = tell, .infer = tell};

/* ---- y = out(x) + (W x) ∘ decay: every way in which a child can begin ---- */

enum { SIZE, START };
static const ri_param begun[] = {
    [SIZE] = {RI_PARAM_HEAD(RI_PARAM_REQUIRED | RI_PARAM_MIN | RI_PARAM_MAX, "n", "elements of the last axis"),
              .default_value = {.type = RI_VALUE_INT}, .min = 1, .max = 64},
    [START] = {RI_PARAM_HEAD(RI_PARAM_MIN | RI_PARAM_MAX | RI_PARAM_MAY_HAVE_NO_EFFECT, "start", "of the bias of 'out'"),
               .default_value = {.type = RI_VALUE_REAL}, .min = -10, .max = 10},
};
static const ri_geometry out_in = RI_GEOMETRY_OUT_IN;
static const ri_distribution two = {sizeof two, RI_DISTRIBUTION_CONSTANT, 2, 0, 0, 0};
enum { WEIGHT, DECAY, COUNT, OUT };
static const ri_child_row rows[] = {
    [WEIGHT] = {RI_TENSOR_ROW("weight", RI_ROLE_WEIGHT, "[n, n]"), .fresh = RI_S("uniform({-1 / n}, {1 / n})"), .geometry = &out_in},
    [DECAY] = {RI_TENSOR_ROW("decay", RI_ROLE_OTHER, "[n]"), .begins = &two},
    [COUNT] = {RI_TENSOR_ROW("count", RI_ROLE_BUFFER, "[1]"), .fresh = RI_S("zeros"), .flags = RI_CHILD_FROZEN},
    [OUT] = {RI_LAYER_ROW("out", "Dense(in: {n}, out: {n})"), .fresh = RI_S("weight: zeros, bias: constant({start})")},
};

static ri_status run(const void *user, const ri_forward *pass) {
  (void)user;
  const size_t n = (size_t)pass->params[SIZE].u.i64;
  ri_view x, z, w, d, y;
  RI_TRY(ri_floats(pass, pass->inputs[0], "the input", &x));
  RI_TRY(ri_expect_last_axis(pass, &x, "the input", (int64_t)n));
  RI_TRY(ri_apply(pass, pass->children[OUT].layer, pass->inputs[0], "what 'out' gives", &z));
  RI_TRY(ri_floats(pass, pass->children[WEIGHT].tensor, "weight", &w));
  RI_TRY(ri_floats(pass, pass->children[DECAY].tensor, "decay", &d));
  RI_TRY(ri_make_floats(pass, x.rank, x.shape, &y));
  if (!y.data) return RI_OK;
  for (size_t i = 0; i < x.count; i++) {
    const size_t row = i % n, first = i - row;
    float sum = 0;
    for (size_t j = 0; j < n; j++) sum += ((const float *)w.data)[row * n + j] * ((const float *)x.data)[first + j];
    ((float *)y.data)[i] = ((const float *)z.data)[i] + ((const float *)d.data)[row] * sum;
  }
  return RI_OK;
}

static const ri_layer_type begins = {RI_LAYER_HEAD("Begins", 1, "children that say how they begin"), RI_PARAMS(begun),
                                     RI_CHILDREN(rows), .forward = run, .infer = run};

/* ---- What it needs, and what newer hosts may ask for ---- */

static const ri_requirement needs[] = {
#if defined LACKING
    RI_NEED("draft.light", 3), RI_NEED(RI_DRAFT_DLPACK, 1),
#elif defined OTHER
    RI_NEED(RI_DRAFT_DLPACK, 2),
#else
    RI_NEED(RI_DRAFT_DLPACK, 1),
#endif
};

typedef struct answer {
  uint32_t struct_size;
  int32_t (*twice)(int32_t);
} answer;
static int32_t twice(int32_t x) { return 2 * x; }

static const void *extension(ri_str name, uint32_t version) {
  static const answer table = {sizeof table, twice};
  return ri_is(name, "org.example.answer") && version == 1 ? &table : NULL;
}

ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
  (void)call;
  ri_describe(self, "org.example.kit-c", "1.0.0", "MIT", "the kit's words");
  self->needs = needs;
  self->n_needs = RI_COUNT(needs);
#ifdef NEWER
  self->needs_minor = 9;
#endif
  self->extension = extension;
  RI_TRY(host->add_layer(host, &facts));
  return host->add_layer(host, &begins);
}
