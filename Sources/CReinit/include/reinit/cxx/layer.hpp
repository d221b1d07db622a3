/* reinit/cxx/layer.hpp -- layers of classes. */
#ifndef REINIT_CXX_LAYER_HPP
#define REINIT_CXX_LAYER_HPP

#include "children.hpp"
#include "initializer.hpp"
#include "rows.hpp"

namespace reinit::plugin {
inline namespace [[gnu::visibility("hidden")]] v1 {

/* What is said of a layer: the fields of ri_layer_type. */
struct LayerInfo {
  std::string_view name;    /* [A-Z][A-Za-z0-9]* */
  std::string_view summary; /* one line */
  std::string_view reference = {};
  uint32_t version = 1, flags = 0;
  uint32_t min_inputs = 1, max_inputs = 1, n_outputs = 1;
  uint32_t min_layers = 0, max_layers = 0; /* nested in it by the user */
};

template <class T> concept Forwarding = requires(const T t, const Forward &pass) { t.forward(pass); };
template <class T> concept Inferring = requires(const T t, const Forward &pass) { t.infer(pass); };
/* A class whose members are the parameters, set before `create`: `about`, `create`, `children`, `rebuilt`;
 * `parameters`, `forward` and `infer` where there are any. */
template <class T> concept LayerClass =
    std::default_initializable<T> && std::movable<T> &&
    requires(T made, const T t, const Build &build, const Rebuild &parts) {
      { T::about } -> std::convertible_to<LayerInfo>;
      made.create(build);
      { t.children() } -> std::same_as<Children>;
      { t.rebuilt(parts) } -> std::same_as<T>;
    };

/* An instance: a layer, and its children, asked for once. */
template <class T> struct Instance {
  const T layer;
  const Children children;
  explicit Instance(T made) : layer(std::move(made)), children(layer.children()) {}

  static const Instance &of(const void *self) { return *static_cast<const Instance *>(self); }

  ri_status child_at(uint64_t index, ri_child *out) const {
    if (index >= children.size()) return RI_INVALID;
    const Child &child = children[index];
    ri_child raw{};
    raw.kind = child.kind, raw.role = child.role, raw.flags = child.flags;
    raw.name = str(child.name), raw.fresh = str(child.fresh);
    raw.tensor = child.tensor.raw(), raw.layer = child.layer.raw();
    raw.geometry = child.geometry ? &*child.geometry : nullptr;
    raw.begins = child.begins ? &*child.begins : nullptr;
    write_capped(out, raw);
    return RI_OK;
  }
  /* The parameters as they now are. */
  ri_status config(ri_value *out, uint64_t n) const {
    constexpr auto params = parameters_of<T>();
    if (n > std::tuple_size_v<decltype(params)>) return RI_INVALID;
    uint64_t i = 0;
    std::apply([&](const auto &...each) {
      (void)((i < n && (out[i++] = to_value(layer.*each.member, each), true)) && ...);
    }, params);
    return RI_OK;
  }
};

inline ri_layer_type described(const LayerInfo &about) {
  ri_layer_type raw{};
  raw.struct_size = sizeof raw, raw.flags = about.flags;
  raw.name = str(about.name), raw.summary = str(about.summary), raw.reference = str(about.reference);
  raw.version = about.version;
  raw.min_inputs = about.min_inputs, raw.max_inputs = about.max_inputs, raw.n_outputs = about.n_outputs;
  raw.min_layers = about.min_layers, raw.max_layers = about.max_layers;
  return raw;
}

/* A layer that writes the functions of its instances. */
template <class T> struct InstanceRegistration {
  static_assert(LayerClass<T>,
                "a layer has `static constexpr LayerInfo about` and `static constexpr auto children()`, the table of what "
                "the host makes; or `void create(const Build &)`, `Children children() const` and "
                "`T rebuilt(const Rebuild &) const`");
  static_assert(Forwarding<T> || !requires { &T::forward; },
                "forward is `void forward(const Forward &) const`");
  static_assert(Inferring<T> || !requires { &T::infer; }, "infer is `void infer(const Forward &) const`");
  static constexpr bool is_layer = true;
  using Made = Instance<T>;
  constexpr std::string_view name() const { return T::about.name; }

  ri_status add(const ri_host *host) const {
    const T initial{};
    const ParamTable params(initial, parameters_of<T>());
    ri_layer_type raw = described(T::about);
    raw.params = params.rows.data(), raw.n_params = params.rows.size();
    raw.create = create;
    raw.destroy = [](void *self) { delete static_cast<Made *>(self); };
    raw.child_count = [](const void *self) -> uint64_t { return Made::of(self).children.size(); };
    raw.child_at = [](const void *self, uint64_t index, ri_child *out) {
      return Made::of(self).child_at(index, out);
    };
    raw.rebuild = rebuild;
    if constexpr (Forwarding<T>)
      raw.forward = [](const void *self, const ri_forward *pass) {
        return guarded(pass->host, pass->call, [&] { Made::of(self).layer.forward(Forward(pass)); });
      };
    if constexpr (Inferring<T>)
      raw.infer = [](const void *self, const ri_forward *pass) {
        return guarded(pass->host, pass->call, [&] { Made::of(self).layer.infer(Forward(pass)); });
      };
    raw.config = [](const void *self, ri_value *out, uint64_t n) -> ri_status {
      ri_status status = RI_OK;
      const ri_status thrown = guarded(nullptr, nullptr, [&] { status = Made::of(self).config(out, n); });
      return thrown ? thrown : status;
    };
    return host->add_layer(host, &raw);
  }

 private:
  static ri_status create(const ri_build *build, void *, void **self) {
    return guarded(build->host, build->call, [&] {
      T layer{};
      read_parameters(layer, build->params, build->n_params);
      layer.create(Build(build));
      *self = new Made(std::move(layer));
    });
  }
  static ri_status rebuild(const void *self, const ri_rebuild *raw, void **new_self) {
    return guarded(raw->host, raw->call, [&] {
      const Made &old = Made::of(self);
      *new_self = new Made(old.layer.rebuilt(Rebuild(raw, old.children)));
    });
  }
};

/* A class whose children follow from its parameters: members hold both during a pass. `about` and static `children`;
 * `parameters`, `forward` and `infer` where there are any. Without `infer`, `forward` runs as far as its last output. */
template <class T> concept DescribedClass = std::default_initializable<T> && std::movable<T> && requires {
  { T::about } -> std::convertible_to<LayerInfo>;
  { *T::children().begin() } -> std::convertible_to<ChildRow<T>>;
};

template <class T> struct DescribedRegistration {
  static_assert(Forwarding<T> || !requires { &T::forward; }, "forward is `void forward(const Forward &) const`");
  static_assert(Inferring<T> || !requires { &T::infer; }, "infer is `void infer(const Forward &) const`");
  static constexpr bool is_layer = true;
  constexpr std::string_view name() const { return T::about.name; }

  ri_status add(const ri_host *host) const {
    const T initial{};
    const ParamTable params(initial, parameters_of<T>());
    const auto described_rows = T::children();
    std::array<ri_child_row, described_rows.size()> rows{};
    std::ranges::transform(described_rows, rows.begin(), &ChildRow<T>::raw);
    ri_layer_type raw = described(T::about);
    raw.params = params.rows.data(), raw.n_params = params.rows.size();
    raw.children = rows.data(), raw.n_children = rows.size();
    if constexpr (Forwarding<T>) raw.forward = forward;
    if constexpr (Forwarding<T> || Inferring<T>) raw.infer = infer;
    return host->add_layer(host, &raw);
  }

 private:
  static T bound(const ri_forward *pass) {
    T layer{};
    read_parameters(layer, pass->params, pass->n_params);
    const auto rows = T::children();
    if (pass->n_children != rows.size())
      throw Error(RI_ABI, "wrong number of children: expected ", rows.size(), ", found ", pass->n_children);
    for (size_t i = 0; i < rows.size(); i++) rows[i].bind(layer, pass->host, pass->children[i]);
    return layer;
  }
  static ri_status forward(const void *, const ri_forward *pass) {
    return guarded(pass->host, pass->call, [&] { bound(pass).forward(Forward(pass)); });
  }
  static ri_status infer(const void *, const ri_forward *pass) {
    return guarded(pass->host, pass->call, [&] {
      if constexpr (Inferring<T>) return bound(pass).infer(Forward(pass));
      else {
        uint64_t remaining = pass->n_outputs;
        try {
          bound(pass).forward(Forward(pass, &remaining));
        } catch (const ShapesInferred &) {
        }
      }
    });
  }
};

/* For REINIT_PLUGIN: a layer. */
template <class T> constexpr auto layer() {
  if constexpr (DescribedClass<T>) return DescribedRegistration<T>();
  else return InstanceRegistration<T>();
}

} // namespace v1
} // namespace reinit::plugin

#endif
