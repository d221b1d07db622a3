/* What plugins in C++ say by the kit's words alone: needs, an extension, a layer that asks about others, a described one. */
#include <reinit/plugin.hpp>

#include <reinit/draft/dlpack.h>

namespace ri = reinit::plugin;

/* y = n · inner(x), with as many tensors as `inner` has; says what it is, and what they are, if it is to be loud. */
struct Facts {
  bool loud = false;
  ri::Layer inner;

  static constexpr ri::LayerInfo about{.name = "Facts", .summary = "what a nested layer is", .min_layers = 1, .max_layers = 1};
  static constexpr auto parameters() {
    return std::tuple(ri::param("loud", &Facts::loud, "whether it says so"));
  }
  static constexpr auto children() { return std::array{ri::layer_row("inner", &Facts::inner)}; }

  void forward(const ri::Forward &pass) const {
    const auto facts = pass.layer_info(inner);
    uint64_t tensors = 0;
    if (loud) say(pass, ri::text(facts.type, " | ", facts.text, " | ", facts.n_children));
    for (uint64_t i = 0; i < facts.n_children; i++) {
      const auto child = pass.layer_child(inner, i);
      tensors += bool(child.tensor);
      if (loud) say(pass, line(pass, child));
    }
    if (loud) say(pass, beyond(pass, facts.n_children));
    const auto z = pass.floats(pass.apply(inner, pass.input_tensor()), "what the nested layer gives");
    const auto y = pass.output(z.shape());
    for (size_t i = 0; i < y.size(); i++) y[i] = float(tensors) * z[i];
  }

 private:
  static void say(const ri::Forward &pass, const std::string &line) { pass.log(RI_LOG_NOTE, line); }
  static std::string line(const ri::Forward &pass, const ri::Child &child) {
    std::string kind = child.layer ? ri::text("layer ", pass.layer_info(child.layer).type) : "absent";
    if (child.tensor) kind = ri::text("tensor ", pass.floats(child.tensor).shape());
    std::string axes, begins;
    if (child.geometry) axes = ri::text(" axes ", child.geometry->out_axis, " ", child.geometry->in_axes[0]);
    if (child.begins) begins = ri::text(" begins ", child.begins->kind, " ", child.begins->mean);
    return ri::text(child.name, ": ", kind, ", role ", child.role, child.flags & RI_CHILD_FROZEN ? ", frozen" : "", axes,
                    begins, " ", child.fresh);
  }
  std::string beyond(const ri::Forward &pass, uint64_t count) const {
    try {
      pass.layer_child(inner, count);
    } catch (const ri::Error &error) {
      return ri::text("beyond: ", error.code());
    }
    return "beyond: a child";
  }
};

/* y = out(x) + (W x) ∘ decay: every way in which a child can begin. */
struct Begins {
  int64_t n = 0;
  double start = 0;
  ri::Tensor weight, decay, count;
  ri::Layer out;

  static constexpr ri::LayerInfo about{.name = "Begins", .summary = "children that say how they begin"};
  static constexpr auto parameters() {
    return std::tuple(ri::param("n", &Begins::n, "elements of the last axis").required().min(1).max(64),
                      ri::param("start", &Begins::start, "of the bias of 'out'").min(-10).max(10).may_have_no_effect());
  }
  static constexpr auto children() {
    return std::array{
        ri::tensor_row("weight", &Begins::weight, RI_ROLE_WEIGHT, "[n, n]").fresh("uniform({-1 / n}, {1 / n})").geometry(ri::out_in),
        ri::tensor_row("decay", &Begins::decay, RI_ROLE_OTHER, "[n]").begins(ri::constant(2)),
        ri::tensor_row("count", &Begins::count, RI_ROLE_BUFFER, "[1]").fresh("zeros").frozen(),
        ri::layer_row("out", &Begins::out, "Dense(in: {n}, out: {n})").fresh("weight: zeros, bias: constant({start})"),
    };
  }
  void forward(const ri::Forward &pass) const {
    const auto x = pass.floats();
    x.expect_last_axis(n, "the input");
    const auto z = pass.floats(pass.apply(out, pass.input_tensor()), "what 'out' gives");
    const auto w = pass.floats(weight, "weight"), d = pass.floats(decay, "decay");
    const auto y = pass.output(x.shape());
    for (size_t i = 0; i < y.size(); i++) {
      const size_t row = i % size_t(n), first = i - row;
      float sum = 0;
      for (size_t j = 0; j < size_t(n); j++) sum += w[row * size_t(n) + j] * x[first + j];
      y[i] = z[i] + d[row] * sum;
    }
  }
};

/* What newer hosts may ask for. */
struct Answer {
  uint32_t struct_size;
  int32_t (*twice)(int32_t);
};
static constexpr Answer answer{sizeof(Answer), [](int32_t x) { return 2 * x; }};

#if defined LACKING
#define NEEDS ri::needs("draft.light", 3), ri::needs(RI_DRAFT_DLPACK, 1)
#elif defined OTHER
#define NEEDS ri::needs(RI_DRAFT_DLPACK, 2)
#elif defined NEWER
#define NEEDS ri::needs_minor(9)
#else
#define NEEDS ri::needs(RI_DRAFT_DLPACK, 1), ri::needs_minor(0)
#endif

REINIT_PLUGIN("org.example.kit-cxx", "1.0.0", "MIT", "the kit's words", NEEDS, ri::layer<Facts>(), ri::layer<Begins>(),
              ri::extension("org.example.answer", 1, &answer));
