/// A plugin that is good at first sight, and misbehaves in its calls as its parameter `kind` says.
enum Trouble {
  static let sources = [
    Source(name: "trouble", language: .cxx, text: head + fills + distributions + layers + entry),
    Source(name: "fatal", text: fatal),
  ]

  private static let head = """
    #include <reinit/reinit.h>
    #include <cfenv>
    #include <cmath>
    #include <stdexcept>
    #include <string>
    static const ri_host *reinit;
    static std::string word(const ri_value *params) { return std::string(params[0].u.word, params[0].count); }
    static ri_param kind = {
      .struct_size = sizeof(ri_param), .flags = RI_PARAM_REQUIRED, .name = RI_S("kind"), .summary = RI_S("what happens"),
      .default_value = {.type = RI_VALUE_WORD, .count = 0, .u = {.word = ""}}};

    """

  private static let fills = """
    static ri_status fails_later(uint64_t first, uint64_t, void *) { return first >= 2 ? RI_UNSUPPORTED : RI_OK; }
    static ri_status throws_later(uint64_t first, uint64_t, void *) {
      if (first >= 2) throw std::runtime_error("no oil in the body");
      return RI_OK;
    }
    static ri_status fill(const ri_fill *f, void *) {
      const ri_host *h = f->host;
      std::string k = word(f->params);
      if (k == "good-until-half" && f->offset < f->total / 2) k = "good";
      for (uint64_t i = 0; i < f->count; i++) ((float *)f->out)[i] = 0.5f;
      if (k == "good") return RI_OK;
      if (k == "silent") return RI_INTERNAL;
      if (k == "unknown") return 4711;
      if (k == "negative") return -1;
      if (k == "says-ok") return h->fail(f->call, RI_OK, ri_text("said with no status"));
      if (k == "bytes") return h->fail(f->call, RI_INVALID, ri_text("lamp \\xff of \\xc3"));
      if (k == "long") {
        std::string text(1 << 20, 'x');
        return h->fail(f->call, RI_INVALID, ri_text(text.c_str()));
      }
      if (k == "first-stands") {
        h->fail(f->call, RI_SHAPE, ri_text("the first text"));
        return h->fail(f->call, RI_INTERNAL, ri_text("the second text"));
      }
      if (k == "throws") throw std::runtime_error("the lamp is out");
      if (k == "throws-int") throw 7;
      if (k == "rounds-up") { std::fesetround(FE_UPWARD); return RI_OK; }
      if (k == "cancels") return RI_CANCELLED;
      if (k == "late") {
        ri_initializer other = {.struct_size = sizeof other, .name = RI_S("late"), .version = 1, .fill = fill};
        ri_status status = reinit->add_initializer(reinit, &other);
        return status ? h->fail(f->call, status, ri_text("too late to register")) : RI_OK;
      }
      if (k == "memory") {
        if (h->scratch(f->call, UINT64_MAX / 4, 64) || h->scratch(f->call, 64, 3)) return RI_OK;
        return h->fail(f->call, RI_NO_MEMORY, ri_text("no scratch memory"));
      }
      if (k == "parallel") return h->parallel(f->call, 8, 1, fails_later, nullptr);
      if (k == "parallel-throws") return h->parallel(f->call, 8, 1, throws_later, nullptr);
      if (k == "layer-text") {
        ri_layer *layer = nullptr;
        return h->layer_new(f->call, ri_text("Dense(in: 3)"), nullptr, 0, &layer);
      }
      if (k == "layer-null") {
        ri_layer *none = nullptr, *layer = nullptr;
        return h->layer_new(f->call, ri_text("Sequential"), &none, 1, &layer);
      }
      if (k == "null-out") return h->tensor_new(f->call, RI_F32, 0, nullptr, nullptr, nullptr);
      if (k == "output") {
        ri_view view = {.struct_size = sizeof view};
        return h->output(f->call, 0, RI_F32, 0, nullptr, &view);
      }
      return h->fail(f->call, RI_INVALID, ri_text("kind must be known: expected good, found another"));
    }
    static ri_status check(const ri_fill *f, void *) {
      if (word(f->params) != "checked") return RI_OK;
      return f->host->fail(f->call, RI_SHAPE, ri_text("rank must be 2: expected a matrix"));
    }

    """

  private static let distributions = """
    static ri_status distribution(const ri_fill *f, void *, ri_distribution *out) {
      std::string k = word(f->params);
      if (k == "unset") return RI_OK;
      if (k == "kind") { out->kind = 99; return RI_OK; }
      if (k == "constant") { out->kind = RI_DISTRIBUTION_CONSTANT; out->mean = NAN; return RI_OK; }
      if (k == "normal") { out->kind = RI_DISTRIBUTION_NORMAL; out->std = -1; return RI_OK; }
      if (k == "normal-infinite") { out->kind = RI_DISTRIBUTION_NORMAL; out->std = INFINITY; return RI_OK; }
      if (k == "normal-huge") { out->kind = RI_DISTRIBUTION_NORMAL; out->std = 1e300; return RI_OK; }
      if (k == "uniform") { out->kind = RI_DISTRIBUTION_UNIFORM; out->low = 1; out->high = 0; return RI_OK; }
      if (k == "uniform-huge") { out->kind = RI_DISTRIBUTION_UNIFORM; out->low = -3e38; out->high = 3e38; return RI_OK; }
      if (k == "truncated") {
        *out = {sizeof *out, RI_DISTRIBUTION_TRUNCATED_NORMAL, 0, 1, 90, 91};
        return RI_OK;
      }
      return f->host->fail(f->call, RI_INVALID, ri_text("no such distribution"));
    }

    """

  private static let layers = """
    struct Instance { std::string kind; ri_tensor *weight; bool first; };
    static ri_status create(const ri_build *b, void *, void **self) {
      const ri_host *h = b->host;
      std::string k = word(b->params);
      const int64_t shape[] = {2, 3};
      if (k == "create-null") return RI_OK;
      if (k == "create-fails") return h->fail(b->call, RI_INVALID, ri_text("no lamp today"));
      if (k == "create-throws") throw std::runtime_error("the lamp fell");
      if (k == "create-dtype") { ri_tensor *t; return h->tensor_new(b->call, 99, 2, shape, nullptr, &t); }
      if (k == "create-rank") { ri_tensor *t; return h->tensor_new(b->call, RI_F32, 4000000000u, shape, nullptr, &t); }
      if (k == "create-negative") { const int64_t s[] = {-1}; ri_tensor *t; return h->tensor_new(b->call, RI_F32, 1, s, nullptr, &t); }
      if (k == "create-overflow") {
        const int64_t s[] = {INT64_MAX, 2};
        ri_tensor *t;
        return h->tensor_new(b->call, RI_F32, 2, s, nullptr, &t);
      }
      if (k == "create-loop") {
        ri_layer *layer = nullptr;
        return h->layer_new(b->call, ri_text("org.example.trouble/Trouble(kind: create-loop)"), nullptr, 0, &layer);
      }
      ri_tensor *weight = nullptr;
      if (ri_status s = h->tensor_new(b->call, RI_F32, 2, shape, nullptr, &weight)) return s;
      *self = new Instance{k, weight, true};
      return RI_OK;
    }
    static void destroy(void *self) {
      Instance *i = (Instance *)self;
      reinit->tensor_release(i->weight);
      delete i;
    }
    static uint64_t child_count(const void *self) {
      const std::string &k = ((const Instance *)self)->kind;
      if (k == "count-huge") return UINT64_MAX;
      if (k == "count-throws") throw 7;
      return k == "name-twice" ? 2 : 1;
    }
    static ri_status child_at(const void *self, uint64_t, ri_child *out) {
      static ri_geometry good = RI_GEOMETRY_OUT_IN, bad;
      const Instance *i = (const Instance *)self;
      const std::string &k = i->kind;
      if (k == "child-fails") return RI_INTERNAL;
      if (k == "child-throws") throw std::runtime_error("no child");
      *out = {out->struct_size, RI_CHILD_TENSOR, RI_ROLE_WEIGHT, 0, RI_S("weight"), i->weight, nullptr, &good, {nullptr, 0}};
      bad = good;
      if (k == "name-dot") out->name = ri_text("a.b");
      if (k == "name-space") out->name = ri_text("a b");
      if (k == "name-bytes") out->name = ri_text("\\xff");
      if (k == "name-null") out->name = ri_str{nullptr, 3};
      if (k == "role-none") out->role = RI_ROLE_NONE;
      if (k == "role-unknown") out->role = 99;
      if (k == "kind-none") out->kind = 0;
      if (k == "fresh") out->fresh = ri_text("nonsense");
      if (k == "fresh-argument") out->fresh = ri_text("normal(std: -1)");
      if (k == "fresh-bytes") out->fresh = ri_text("\\xff");
      if (k == "geometry-axis") bad.out_axis = 5;
      if (k == "geometry-negative") bad.in_axes[0] = -1;
      if (k == "geometry-same") bad.in_axes[0] = 0;
      if (k == "geometry-groups") bad.groups = 0;
      if (k == "geometry-parts") bad.parts = 7;
      if (k == "geometry-inputs") bad.n_in_axes = 0;
      if (k == "geometry-many") bad.n_in_axes = 4000000000u;
      if (k == "geometry-size") bad.struct_size = 8;
      if (k.rfind("geometry", 0) == 0) out->geometry = &bad;
      return RI_OK;
    }
    static ri_status rebuild(const void *self, const ri_rebuild *r, void **out) {
      const Instance *i = (const Instance *)self;
      if (i->kind == "rebuild-fails") return r->host->fail(r->call, RI_SHAPE, ri_text("Trouble wants weight of shape [2, 3]"));
      if (i->kind == "rebuild-throws") throw std::runtime_error("no other lamp");
      if (i->kind == "rebuild-null") return RI_OK;
      r->host->tensor_retain(r->parts[0].tensor);
      *out = new Instance{i->kind == "rebuilt-children" ? "role-none" : i->kind, r->parts[0].tensor, false};
      return RI_OK;
    }
    static ri_status forward(const void *self, const ri_forward *p) {
      const std::string &k = ((const Instance *)self)->kind;
      const ri_host *h = p->host;
      const int64_t shape[] = {2}, giant[] = {1ll << 50}, negative[] = {-2};
      ri_view view = {.struct_size = sizeof view};
      if (k == "output-unset") return RI_OK;
      if (k == "output-index") return h->output(p->call, 1, RI_F32, 1, shape, &view);
      if (k == "output-index-ignored") { h->output(p->call, UINT64_MAX, RI_F32, 1, shape, &view); return RI_OK; }
      if (k == "output-dtype") return h->output(p->call, 0, 99, 1, shape, &view);
      if (k == "output-rank") return h->output(p->call, 0, RI_F32, 65, shape, &view);
      if (k == "output-shape") return h->output(p->call, 0, RI_F32, 1, nullptr, &view);
      if (k == "output-negative") return h->output(p->call, 0, RI_F32, 1, negative, &view);
      if (k == "output-giant") return h->output(p->call, 0, RI_F32, 1, giant, &view);
      if (k == "output-null") return h->set_output(p->call, 0, nullptr);
      if (k == "forward-fails") return h->fail(p->call, RI_DTYPE, ri_text("x must be f32: expected f32, found f64"));
      if (k == "forward-throws") throw std::runtime_error("dark");
      if (k == "apply-null") { ri_tensor *y = nullptr; return h->layer_apply(p->call, nullptr, p->inputs, 1, &y, 1); }
      if (ri_status s = h->set_output(p->call, 0, p->inputs[0])) return s;
      return k == "output-twice" ? h->set_output(p->call, 0, p->inputs[0]) : RI_OK;
    }
    static ri_status config(const void *self, ri_value *out, uint64_t) {
      const std::string &k = ((const Instance *)self)->kind;
      if (k == "config-type") { out[0].type = RI_VALUE_INT; out[0].count = 4096; out[0].u.i64 = 7; return RI_OK; }
      if (k == "config-bytes") { out[0].type = RI_VALUE_WORD; out[0].count = 1; out[0].u.word = "\\xff"; return RI_OK; }
      if (k == "config-throws") throw 7;
      return RI_INTERNAL;
    }
    // Exclusive, and applies the layer that is nested in it: one of its own kind would wait for itself.
    static ri_status create_alone(const ri_build *b, void *, void **self) {
      *self = nullptr;
      if (b->n_layers == 1) b->host->layer_retain(b->layers[0]);
      *self = new ri_layer *(b->n_layers == 1 ? b->layers[0] : nullptr);
      return RI_OK;
    }
    static void destroy_alone(void *self) { reinit->layer_release(*(ri_layer **)self); delete (ri_layer **)self; }
    static uint64_t count_alone(const void *self) { return *(ri_layer *const *)self ? 1 : 0; }
    static ri_status child_alone(const void *self, uint64_t, ri_child *out) {
      *out = {out->struct_size, RI_CHILD_LAYER, 0, 0, RI_S("inner"), nullptr, *(ri_layer *const *)self, nullptr, {nullptr, 0}};
      return RI_OK;
    }
    static ri_status rebuild_alone(const void *self, const ri_rebuild *r, void **out) {
      ri_layer *inner = r->n_parts ? r->parts[0].layer : nullptr;
      r->host->layer_retain(inner);
      *out = new ri_layer *(inner);
      return RI_OK;
    }
    static ri_status forward_alone(const void *self, const ri_forward *p) {
      ri_layer *inner = *(ri_layer *const *)self;
      if (!inner) return p->host->set_output(p->call, 0, p->inputs[0]);
      ri_tensor *y = nullptr;
      if (ri_status s = p->host->layer_apply(p->call, inner, p->inputs, 1, &y, 1)) return s;
      ri_status s = p->host->set_output(p->call, 0, y);
      p->host->tensor_release(y);
      return s;
    }

    """

  private static let entry = """
    extern "C" RI_EXPORT ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *) noexcept {
      reinit = host;
      ri_describe(self, "org.example.trouble", "1.0.0", "MIT", "misbehaves when it is called");
      ri_initializer trouble = {
        .struct_size = sizeof trouble, .flags = RI_INITIALIZER_EVERY_ROLE, .name = RI_S("trouble"), .version = 1,
        .params = &kind, .n_params = 1, .fill = fill, .check = check};
      ri_initializer nonsense = {
        .struct_size = sizeof nonsense, .name = RI_S("nonsense"), .version = 1, .params = &kind, .n_params = 1,
        .distribution = distribution};
      ri_layer_type layer = {
        .struct_size = sizeof layer, .name = RI_S("Trouble"), .version = 1, .min_inputs = 1, .max_inputs = 1,
        .n_outputs = 1, .params = &kind, .n_params = 1, .create = create, .destroy = destroy,
        .child_count = child_count, .child_at = child_at, .rebuild = rebuild, .forward = forward, .config = config};
      ri_layer_type alone = {
        .struct_size = sizeof alone, .flags = RI_LAYER_EXCLUSIVE, .name = RI_S("Alone"), .version = 1, .min_inputs = 1,
        .max_inputs = 1, .n_outputs = 1, .max_layers = 1, .create = create_alone, .destroy = destroy_alone,
        .child_count = count_alone, .child_at = child_alone, .rebuild = rebuild_alone, .forward = forward_alone};
      return host->add_initializer(host, &trouble) | host->add_initializer(host, &nonsense) |
             host->add_layer(host, &layer) | host->add_layer(host, &alone);
    }

    """

  /// What no process survives, in `fill`.
  private static let fatal = Piece.plugin(
    "fatal",
    """
    half.name = ri_text("fatal");
    half.fill = end;
    size.default_value.type = RI_VALUE_WORD;
    size.flags = RI_PARAM_REQUIRED;
    return host->add_initializer(host, &half);
    """,
    before: """
      static void *work(void *unused) { *(volatile int *)8 = 1; return NULL; }
      static ri_status end(const ri_fill *range, void *user) {
        const char *how = range->params[0].u.word;
        if (range->offset + range->count < range->total) return fill(range, user);
        switch (how[0]) {
          case 's': *(volatile int *)8 = 1; break;
          case 'a': abort();
          case 'e': exit(0);
          case 'q': quick_exit(0);
          case 't': pthread_exit(NULL);
          case 'h': for (;;) pause();
          case 'w': {
            pthread_t worker;
            pthread_create(&worker, NULL, work, NULL);
            pthread_join(worker, NULL);
          }
        }
        return fill(range, user);
      }
      """)
}
