/// The layers of the plugin that misbehaves, as C++ text.
extension Trouble {
  /// Does what its `kind` says, and is otherwise one weight that is passed by.
  static let layers = """
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

    """

  /// Exclusive, and applies the layer that is nested in it: one of its own kind would wait for itself.
  static let alone = """
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
}
