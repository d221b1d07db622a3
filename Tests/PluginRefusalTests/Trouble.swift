/// A plugin that is good at first sight, and misbehaves in its calls as its parameter `kind` says.
enum Trouble {
  static let sources = [
    Source(name: "trouble", language: .cxx, text: head + fills + distributions + layers + alone + entry),
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
      if (k == "not-finite" || k == "infinite") {
        const uint64_t bad = 1234;
        if (f->offset <= bad && bad < f->offset + f->count)
          ((float *)f->out)[bad - f->offset] = k == "infinite" ? -INFINITY : NAN;
        return RI_OK;
      }
      if (k == "large") { for (uint64_t i = 0; i < f->count; i++) ((float *)f->out)[i] = i + f->offset == 77 ? 70000 : 1; return RI_OK; }
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
