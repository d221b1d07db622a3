// swift-format-ignore-file
// Written by Scripts/templates from Plugins/Examples/c-layer: edit that, and run the script again.

extension PluginTemplate {
  static let cLayer: [File] = [
    File(path: ".github/workflows/ci.yml", text: #"""
# Expects Reinit's sources in the repository that the variable REINIT_REPOSITORY names: "owner/name".
name: ci
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    container: swift:6.3
    steps:
      - uses: actions/checkout@v4
      - uses: actions/checkout@v4
        with:
          repository: ${{ vars.REINIT_REPOSITORY }}
          path: .reinit
      - run: apt-get update && apt-get install -y make gcc
      - run: .reinit/Scripts/install --prefix "$PWD/.prefix"
      - run: make REINIT_PREFIX="$PWD/.prefix"
      - run: .prefix/bin/reinit plugin test build/my_plugin.so --tier 5
      - run: .prefix/bin/reinit plugin test build/my_plugin.so --tier 5 --format junit > junit.xml
        if: always()
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: junit
          path: junit.xml

"""#),
    File(path: ".gitignore", text: #"""
build/

"""#),
    File(path: "Makefile", text: #"""
# make                                 builds build/my_plugin.so against the installed Reinit
# make check                           tests it: `reinit plugin test`; make check TIER=5 asks for everything
# make REINIT_PREFIX=DIR BUILD=DIR     another installation, another place for products
NAME := my_plugin
BUILD ?= build
REINIT_PREFIX ?= $(shell pkg-config --variable=prefix reinit 2>/dev/null)
REINIT ?= $(firstword $(wildcard $(REINIT_PREFIX)/bin/reinit) $(shell command -v reinit 2>/dev/null))
TIER ?= 3
CFLAGS ?= -O2 -Wall -Wextra

# The entry is the only symbol that is exported, and nothing may stay unresolved. Never -ffast-math: linking with it
# changes the arithmetic of the whole process.
ABI := -std=c11 -fPIC -fvisibility=hidden -ffp-contract=off
LINK := -shared -Wl,-z,now -Wl,-z,defs -Wl,--version-script=$(BUILD)/exports.map

HEADERS := $(wildcard $(REINIT_PREFIX)/include/reinit/*.h)

$(BUILD)/$(NAME).so: $(wildcard *.c *.h) $(HEADERS) Makefile | prefix
	@mkdir -p $(BUILD)
	@echo '{ global: ri_plugin_entry_v1; local: *; };' > $(BUILD)/exports.map
	$(CC) $(CFLAGS) $(ABI) -I$(REINIT_PREFIX)/include $(LDFLAGS) $(LINK) $(filter %.c,$^) -lm -o $@

check: $(BUILD)/$(NAME).so
	@test -n "$(REINIT)" || { echo "reinit was not found: set REINIT_PREFIX, or put it on PATH" >&2; exit 1; }
	$(REINIT) plugin test --tier $(TIER) $<

prefix:
	@test -f "$(REINIT_PREFIX)/include/reinit/reinit.h" || { echo "Reinit's headers were not found: run" \
	  "Scripts/install --prefix DIR in Reinit's sources, then make REINIT_PREFIX=DIR" >&2; exit 1; }

clean:
	rm -rf $(BUILD)

.PHONY: check clean prefix

"""#),
    File(path: "README.md", text: #"""
# my-plugin

A layer for Reinit in C: `MyPlugin(size, bias: true)`, a gated residual

    y = x + weight ∘ inner(x) + bias

over the last axis, which has `size` elements. `inner` is the layer that is nested in it, or nothing: then y = x + weight ∘ x + bias.

    make                    # builds build/my_plugin.so
    make check              # tests it: reinit plugin test build/my_plugin.so; TIER=5 asks for everything

Reinit is found with `pkg-config`, or where `REINIT_PREFIX` says: `make REINIT_PREFIX=$HOME/.local`.

`my_plugin.c` is all there is, in the order of a layer's life: made (`create`), asked for its children (`child_at`), made
again with other children (`rebuild`), run (`forward`). An instance never changes; `keep` is where one is made.
Rules reach the children by name and role: `MyPlugin.weight`, `MyPlugin Dense.weight`, `@bias`.

Change the id `org.example.my-plugin` to one of your own, in both places. `.github/workflows/ci.yml` builds and tests
it on GitHub.

"""#),
    File(path: "my_plugin.c", text: #"""
/* MyPlugin: a gated residual, y = x + weight * inner(x) + bias over the last axis. */
#include <reinit/reinit.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

/* What is known of the plugin without loading it. */
RI_MANIFEST("{\"reinit\": 1, \"id\": \"org.example.my-plugin\", \"version\": \"1.0.0\", "
            "\"license\": \"MIT\", \"summary\": \"a layer\", \"initializers\": [], "
            "\"layers\": [\"MyPlugin\"]}");

/* An instance. It never changes: rebuild makes another one. */
typedef struct gate {
  const ri_host *host;
  long long size;
  ri_tensor *weight, *bias; /* bias: NULL where absent */
  ri_layer *inner;          /* NULL: the identity */
} gate;

/* Says why a call fails, as printf does, and returns `code`. */
__attribute__((format(printf, 4, 5)))
static ri_status fail(const ri_host *host, ri_call *call, ri_status code, const char *format, ...) {
  char text[200];
  va_list arguments;
  va_start(arguments, format);
  vsnprintf(text, sizeof text, format, arguments);
  va_end(arguments);
  return host->fail(call, code, ri_text(text));
}

/* ---- Life and death ---- */

/* Makes an instance like `parts`, which retains what it holds. */
static ri_status keep(const gate *parts, ri_call *call, void **out) {
  gate *self = malloc(sizeof *self);
  if (!self) return fail(parts->host, call, RI_NO_MEMORY, "no memory for an instance");
  *self = *parts;
  self->host->tensor_retain(self->weight);
  if (self->bias) self->host->tensor_retain(self->bias);
  if (self->inner) self->host->layer_retain(self->inner);
  *out = self;
  return RI_OK;
}

static void destroy(void *instance) {
  gate *self = instance;
  self->host->tensor_release(self->weight);
  if (self->bias) self->host->tensor_release(self->bias);
  if (self->inner) self->host->layer_release(self->inner);
  free(self);
}

static ri_status create(const ri_build *build, void *user, void **out) {
  (void)user;
  const ri_host *host = build->host;
  const int64_t size = build->params[0].u.i64, bias = build->params[1].u.i64;
  gate parts = {.host = host, .size = size, .inner = build->n_layers ? build->layers[0] : NULL};
  ri_status status = host->tensor_new(build->call, RI_F32, 1, &size, NULL, &parts.weight);
  if (status) return status;
  if (bias) status = host->tensor_new(build->call, RI_F32, 1, &size, NULL, &parts.bias);
  if (!status) status = keep(&parts, build->call, out);
  host->tensor_release(parts.weight); /* the instance has its own references */
  if (parts.bias) host->tensor_release(parts.bias);
  return status;
}

/* ---- Children ---- */

static uint64_t child_count(const void *instance) { return ((const gate *)instance)->inner ? 3 : 2; }

static ri_status child_at(const void *instance, uint64_t index, ri_child *out) {
  const gate *self = instance;
  const uint32_t size = out->struct_size; /* the host's: it may be older than these headers */
  const ri_child all[] = {
      {.struct_size = size, .kind = RI_CHILD_TENSOR, .role = RI_ROLE_SCALE, .name = RI_S("weight"),
       .tensor = self->weight, .fresh = RI_S("constant(0.1)")},
      {.struct_size = size, .kind = RI_CHILD_TENSOR, .role = RI_ROLE_BIAS, .name = RI_S("bias"),
       .tensor = self->bias},
      {.struct_size = size, .kind = RI_CHILD_LAYER, .name = RI_S("inner"), .layer = self->inner},
  };
  if (index >= child_count(self)) return RI_INVALID;
  memcpy(out, &all[index], size < sizeof *out ? size : sizeof *out);
  return RI_OK;
}

/* A shape as text; one of many axes is cut. */
static const char *written(const ri_view *view, char text[static 80]) {
  size_t end = 0;
  text[0] = 0;
  for (uint32_t axis = 0; axis < view->rank && end < 60; axis++)
    end += (size_t)snprintf(text + end, 80 - end, "%s%lld", axis ? ", " : "", (long long)view->shape[axis]);
  return text;
}

/* Refuses a tensor of another shape than [size], and none. */
static ri_status check_shape(const gate *self, ri_call *call, const char *name, ri_tensor *tensor) {
  if (!tensor)
    return fail(self->host, call, RI_INVALID, "'%s' is missing: expected a tensor of shape [%lld]", name,
                self->size);
  char found[80];
  ri_view view = {.struct_size = sizeof view};
  const ri_status status = self->host->tensor_view(call, tensor, &view);
  if (status || (view.rank == 1 && view.shape[0] == self->size)) return status;
  return fail(self->host, call, RI_SHAPE, "'%s' has the wrong shape: expected [%lld], found [%s]", name,
              self->size, written(&view, found));
}

static ri_status rebuild(const void *instance, const ri_rebuild *with, void **out) {
  const gate *self = instance;
  const unsigned long long wanted = child_count(self), given = with->n_parts;
  if (given != wanted)
    return fail(with->host, with->call, RI_INVALID, "wrong number of parts: expected %llu, found %llu",
                wanted, given);
  gate parts = *self;
  parts.weight = with->parts[0].tensor;
  parts.bias = with->parts[1].tensor;
  if (self->inner) parts.inner = with->parts[2].layer;
  if (self->inner && !parts.inner)
    return fail(with->host, with->call, RI_INVALID, "'inner' is missing: expected a layer");
  ri_status status = check_shape(self, with->call, "weight", parts.weight);
  if (!status && parts.bias) status = check_shape(self, with->call, "bias", parts.bias);
  return status ? status : keep(&parts, with->call, out);
}

/* The parameters as they are now: a bias may have come or gone since the layer was made. */
static ri_status config(const void *instance, ri_value *out, uint64_t n) {
  const gate *self = instance;
  const ri_value values[] = {{.type = RI_VALUE_INT, .u = {.i64 = self->size}},
                             {.type = RI_VALUE_BOOL, .u = {.i64 = self->bias != NULL}}};
  if (n > sizeof values / sizeof *values) return RI_INVALID;
  memcpy(out, values, n * sizeof *values);
  return RI_OK;
}

/* ---- The forward pass ---- */

/* Looks at a tensor; refuses those that are not float32. */
static ri_status look(const ri_forward *pass, const char *name, ri_tensor *tensor, ri_view *out) {
  *out = (ri_view){.struct_size = sizeof *out};
  const ri_status status = pass->host->tensor_view(pass->call, tensor, out);
  if (status || out->dtype == RI_F32) return status;
  return fail(pass->host, pass->call, RI_DTYPE, "%s has the wrong type: expected %d (f32), found %u", name,
              RI_F32, out->dtype);
}

/* The same, and refuses those that were never filled. */
static ri_status read_floats(const ri_forward *pass, const char *name, ri_tensor *tensor, ri_view *out) {
  const ri_status status = look(pass, name, tensor, out);
  if (status || out->data || out->count == 0) return status;
  return fail(pass->host, pass->call, RI_INVALID, "%s has no values yet", name);
}

static ri_status check_input(const gate *self, const ri_forward *pass, ri_view *x) {
  const ri_status status = look(pass, "the input", pass->inputs[0], x);
  if (status) return status;
  if (x->rank == 0)
    return fail(pass->host, pass->call, RI_SHAPE, "the input has no axes: expected [..., %lld]", self->size);
  const long long last = x->shape[x->rank - 1];
  if (last == self->size) return RI_OK;
  return fail(pass->host, pass->call, RI_SHAPE, "the input's last axis: expected %lld, found %lld",
              self->size, last);
}

/* inner(x), one reference to it; its shape alone while shapes are inferred. */
static ri_status apply_inner(const gate *self, const ri_forward *pass, const ri_view *x, ri_tensor **out) {
  const ri_host *host = pass->host;
  if (!self->inner) {
    host->tensor_retain(*out = pass->inputs[0]);
    return RI_OK;
  }
  ri_view z = {.struct_size = sizeof z};
  ri_status status = host->layer_apply(pass->call, self->inner, pass->inputs, 1, out, 1);
  if (status) return status;
  status = host->tensor_view(pass->call, *out, &z);
  if (!status && (z.rank != x->rank || memcmp(z.shape, x->shape, x->rank * sizeof *x->shape)))
    status = fail(host, pass->call, RI_SHAPE, "the nested layer must keep the input's shape");
  if (status) host->tensor_release(*out);
  return status;
}

/* y from x and z = inner(x). */
static ri_status add_gated(const gate *self, const ri_forward *pass, const ri_view *x, ri_tensor *inner) {
  ri_view z, weight, bias = {.data = NULL}, y = {.struct_size = sizeof y};
  ri_status status = read_floats(pass, "what the nested layer gives", inner, &z);
  if (!status) status = read_floats(pass, "weight", self->weight, &weight);
  if (!status && self->bias) status = read_floats(pass, "bias", self->bias, &bias);
  if (!status) status = pass->host->output(pass->call, 0, RI_F32, x->rank, x->shape, &y);
  if (status) return status;
  const float *from = x->data, *gated = z.data, *w = weight.data, *b = bias.data;
  float *to = y.data;
  for (uint64_t i = 0; i < x->count; i++) {
    const uint64_t j = i % (uint64_t)self->size;
    const float sum = from[i] + w[j] * gated[i];
    to[i] = b ? sum + b[j] : sum;
  }
  return RI_OK;
}

static ri_status forward(const void *instance, const ri_forward *pass) {
  const gate *self = instance;
  ri_view x;
  ri_status status = check_input(self, pass, &x);
  if (!status) status = read_floats(pass, "the input", pass->inputs[0], &x);
  ri_tensor *result = NULL;
  if (!status) status = apply_inner(self, pass, &x, &result);
  if (status) return status;
  status = add_gated(self, pass, &x, result);
  pass->host->tensor_release(result);
  return status;
}

/* The output has the input's shape; in infer there is no memory behind either. */
static ri_status infer(const void *instance, const ri_forward *pass) {
  ri_view x, y = {.struct_size = sizeof y};
  ri_tensor *result = NULL;
  ri_status status = check_input(instance, pass, &x);
  if (!status) status = apply_inner(instance, pass, &x, &result);
  if (status) return status;
  pass->host->tensor_release(result);
  return pass->host->output(pass->call, 0, RI_F32, x.rank, x.shape, &y);
}

/* ---- What the host is told ---- */

static const ri_param params[] = {
    RI_INT_PARAM_REQUIRED("size", 1, "elements of the last axis"),
    RI_BOOL_PARAM("bias", 1, "whether there is a bias"),
};

static const ri_layer_type my_plugin = {
    .struct_size = sizeof(ri_layer_type),
    .name = RI_S("MyPlugin"),
    .summary = RI_S("gated residual: y = x + weight ∘ inner(x) + bias"),
    .version = 1,
    .min_inputs = 1,
    .max_inputs = 1,
    .n_outputs = 1,
    .max_layers = 1,
    .params = params,
    .n_params = sizeof params / sizeof *params,
    .create = create,
    .destroy = destroy,
    .child_count = child_count,
    .child_at = child_at,
    .rebuild = rebuild,
    .forward = forward,
    .infer = infer,
    .config = config,
};

ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call) {
  (void)call;
  ri_describe(self, "org.example.my-plugin", "1.0.0", "MIT", "a layer");
  return host->add_layer(host, &my_plugin);
}

"""#),
  ]
}
