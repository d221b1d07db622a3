/* reinit/cxx/initializer.hpp -- initializers of structs and of functions. */
#ifndef REINIT_CXX_INITIALIZER_HPP
#define REINIT_CXX_INITIALIZER_HPP

#include "handles.hpp"
#include "parameters.hpp"
#include "sources.hpp"

namespace reinit::plugin {
inline namespace [[gnu::visibility("hidden")]] v1 {

/* What is said of an initializer: the fields of ri_initializer. */
struct InitializerInfo {
  std::string_view name;    /* [a-z][a-z0-9_]* */
  std::string_view summary; /* one line */
  std::string_view formula = {}, reference = {};
  uint32_t version = 1; /* add 1 whenever the numbers change */
  uint32_t flags = 0;   /* RI_INITIALIZER_... */
  uint32_t dtypes = 0;  /* mask of types that `fill` writes itself; 0: float alone */
  double tolerance = 0; /* 0: equal bits on every machine */
};

/* What elements are drawn from. */
using Distribution = ri_distribution;
constexpr Distribution constant(double value) {
  return {sizeof(Distribution), RI_DISTRIBUTION_CONSTANT, value, 0, 0, 0};
}
constexpr Distribution uniform(double low, double high) {
  return {sizeof(Distribution), RI_DISTRIBUTION_UNIFORM, 0, 0, low, high};
}
constexpr Distribution normal(double mean, double std) {
  return {sizeof(Distribution), RI_DISTRIBUTION_NORMAL, mean, std, 0, 0};
}
/* Mean and standard deviation before truncation; bounds absolute. */
constexpr Distribution truncated_normal(double mean, double std, double low, double high) {
  return {sizeof(Distribution), RI_DISTRIBUTION_TRUNCATED_NORMAL, mean, std, low, high};
}

/* A range of a tensor to fill; in `check` and `distribution` the tensor alone. */
class Fill : public Call {
 public:
  explicit Fill(const ri_fill *range) noexcept : Call(range->host, range->call, !range->out), range_(range) {}
  Shape shape() const noexcept { return Shape(range_->shape, range_->rank); }
  uint64_t total() const noexcept { return range_->total; }
  uint64_t offset() const noexcept { return range_->offset; }
  uint64_t count() const noexcept { return range_->count; }
  ri_dtype dtype() const noexcept { return range_->dtype; }
  /* What the elements are kept as: the host rounds to it. */
  ri_dtype target_dtype() const noexcept { return range_->target_dtype; }
  /* The part that a rule fills: a slice for each axis; empty for the whole. Offsets are the whole tensor's. */
  std::span<const ri_slice> part() const noexcept { return {range_->part, range_->part ? range_->rank : 0}; }
  /* The part's name, as in ri_geometry.packed; empty where it has none. */
  std::string_view part_name() const noexcept { return plugin::view(range_->part_name); }
  ri_role role() const noexcept { return range_->role; }
  std::string_view path() const noexcept { return plugin::view(range_->path); }
  /* NaN where the parameter has none. */
  double fan_in() const noexcept { return range_->fan_in; }
  double fan_out() const noexcept { return range_->fan_out; }
  /* Null where the meaning of the axes is not known. */
  const ri_geometry *geometry() const noexcept { return range_->geometry; }
  uint64_t block_index() const noexcept { return range_->block_index; }
  uint64_t block_count() const noexcept { return range_->block_count; }
  Random random() const noexcept { return Random(range_->host, range_->random); }
  /* The C struct, for what is not here. */
  const ri_fill &raw() const noexcept { return *range_; }
  /* Source `index`, as the table of sources counts. */
  Source source(uint64_t index, std::string_view name) const {
    if (index >= range_->n_sources) throw Error(RI_ABI, "the source ", name, " is missing");
    return Source(*this, range_->sources[index], name);
  }
  /* The elements of a source at the indices of the range, whatever type of numbers they are kept as; it costs no more than
   * the range. */
  void read(const Source &source, std::span<float> out) const { source.read(offset(), out); }

  /* Elements [offset, offset + count): each must be written. */
  template <Element T = float> std::span<T> out() const {
    if (range_->dtype != dtype_of<T>) throw Error(RI_DTYPE, "cannot fill ", name_of(range_->dtype));
    return {static_cast<T *>(range_->out), range_->count};
  }
  /* The whole range, drawn from the tensor's stream; bounds and moments are rounded to float. */
  void normal(double mean, double std) const {
    random().normal(offset(), out(), static_cast<float>(mean), static_cast<float>(std));
  }
  void uniform(double low, double high) const {
    random().uniform(offset(), out(), static_cast<float>(low), static_cast<float>(high));
  }
  void truncated_normal(double mean, double std, double low, double high) const {
    random().truncated_normal(offset(), out(), static_cast<float>(mean), static_cast<float>(std),
                              static_cast<float>(low), static_cast<float>(high));
  }

 private:
  const ri_fill *range_;
};

template <class T> concept Filling = requires(const T t, const Fill &range) { t.fill(range); };
template <class T> concept Checking = requires(const T t, const Fill &tensor) { t.check(tensor); };
template <class T> concept Distributed = requires(const T t, const Fill &tensor) {
  { t.distribution(tensor) } -> std::same_as<Distribution>;
};
/* A struct whose members are the parameters and sources: `about`, and `fill` or `distribution` or both; `parameters`,
 * `sources` and `check` where there are any. */
template <class T> concept InitializerStruct =
    std::default_initializable<T> && (Filling<T> || Distributed<T>) && requires {
      { T::about } -> std::convertible_to<InitializerInfo>;
    };

inline ri_initializer described(const InitializerInfo &about) {
  ri_initializer raw{};
  raw.struct_size = sizeof raw, raw.flags = about.flags;
  raw.name = str(about.name), raw.summary = str(about.summary);
  raw.formula = str(about.formula), raw.reference = str(about.reference);
  raw.version = about.version, raw.dtypes = about.dtypes, raw.tolerance = about.tolerance;
  return raw;
}

template <class T> struct StructInitializer {
  static_assert(
      InitializerStruct<T>,
      "an initializer has `static constexpr InitializerInfo about` and `void fill(const Fill &) const`");
  static_assert(Filling<T> || !requires { &T::fill; }, "fill is `void fill(const Fill &) const`");
  static_assert(Checking<T> || !requires { &T::check; }, "check is `void check(const Fill &) const`");
  static_assert(Distributed<T> || !requires { &T::distribution; },
                "distribution is `Distribution distribution(const Fill &) const`");
  static constexpr bool reads = sources_of<T>().size() > 0;
  static_assert(!reads || (Filling<T> && !Distributed<T>), "who reads sources fills, and has no distribution");
  static constexpr bool is_layer = false;
  constexpr std::string_view name() const { return T::about.name; }

  ri_status add(const ri_host *host) const {
    const T initial{};
    const ParamTable params(initial, parameters_of<T>());
    std::array<ri_source, sources_of<T>().size()> sources{};
    std::ranges::transform(sources_of<T>(), sources.begin(), &SourceRow<T>::raw);
    ri_initializer raw = described(T::about);
    raw.params = params.rows.data(), raw.n_params = params.rows.size();
    raw.sources = reads ? sources.data() : nullptr, raw.n_sources = sources.size();
    if constexpr (Filling<T>)
      raw.fill = [](const ri_fill *range, void *) -> ri_status {
        return guarded(range->host, range->call, [&] { read(range).fill(Fill(range)); });
      };
    if constexpr (Checking<T>)
      raw.check = [](const ri_fill *tensor, void *) -> ri_status {
        return guarded(tensor->host, tensor->call, [&] { read(tensor).check(Fill(tensor)); });
      };
    if constexpr (Distributed<T>)
      raw.distribution = [](const ri_fill *tensor, void *, ri_distribution *out) -> ri_status {
        return guarded(tensor->host, tensor->call,
                       [&] { write_capped(out, read(tensor).distribution(Fill(tensor))); });
      };
    return host->add_initializer(host, &raw);
  }

 private:
  static T read(const ri_fill *range) {
    T initializer{};
    read_parameters(initializer, range->params, range->n_params);
    uint64_t index = 0;
    for (const SourceRow<T> &source : sources_of<T>())
      initializer.*source.member = Fill(range).source(index++, source.name);
    return initializer;
  }
};

template <class F, class... Params> struct FunctionInitializer {
  static_assert(
      std::invocable<const F &, const Fill &, typename Params::Held...>,
      "the function takes a `const Fill &`, then each parameter: int64_t, double, bool or std::string_view");
  static_assert(std::is_empty_v<F> && std::default_initializable<F>, "the function captures nothing");
  static constexpr bool is_layer = false;
  InitializerInfo about;
  std::tuple<Params...> params;
  constexpr std::string_view name() const { return about.name; }

  ri_status add(const ri_host *host) const {
    const ParamTable table(about, params);
    ri_initializer raw = described(about);
    raw.params = table.rows.data(), raw.n_params = table.rows.size();
    raw.fill = [](const ri_fill *range, void *) -> ri_status {
      return guarded(range->host, range->call, [&] { call(range, std::index_sequence_for<Params...>()); });
    };
    return host->add_initializer(host, &raw);
  }

 private:
  template <size_t... I> static void call(const ri_fill *range, std::index_sequence<I...>) {
    expect_count(range->n_params, sizeof...(Params));
    [[maybe_unused]] constexpr ParamText argument{.name = "an argument", .summary = {}};
    F{}(Fill(range), from_value<typename Params::Held>(range->params[I], argument)...);
  }
};

/* A function as something that captures nothing: ri::initializer({...}, ri::function<ramp>, ...). */
template <auto F> struct Named {
  template <class... Arguments>
    requires std::invocable<decltype(F), Arguments...>
  void operator()(Arguments &&...arguments) const {
    F(std::forward<Arguments>(arguments)...);
  }
};
template <auto F> inline constexpr Named<F> function{};

/* For REINIT_PLUGIN: an initializer that is a struct. */
template <class T> constexpr StructInitializer<T> initializer() { return {}; }
/* For REINIT_PLUGIN: an initializer that is a lambda or function<…>, its arguments named by argument(...). */
template <class F, class... Params>
constexpr FunctionInitializer<F, Params...> initializer(InitializerInfo about, F, Params... params) {
  return {about, std::tuple(params...)};
}

} // namespace v1
} // namespace reinit::plugin

#endif
