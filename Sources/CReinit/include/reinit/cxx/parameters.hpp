/* reinit/cxx/parameters.hpp -- what a user may set: members of a struct, or arguments of a function. */
#ifndef REINIT_CXX_PARAMETERS_HPP
#define REINIT_CXX_PARAMETERS_HPP

#include "core.hpp"

#include <array>
#include <tuple>
#include <utility>
#include <vector>

namespace reinit::plugin {
inline namespace [[gnu::visibility("hidden")]] v1 {

/* Which RI_VALUE_... a C++ type is: bool, integers, float and double, an enum or text, lists of int64_t or
 * double. Text and lists that outlive a call are owned (std::string, std::vector); views do for an
 * initializer. */
template <class T> consteval uint32_t value_type() {
  if constexpr (std::is_same_v<T, bool>) return RI_VALUE_BOOL;
  else if constexpr (std::is_integral_v<T>) return RI_VALUE_INT;
  else if constexpr (std::is_floating_point_v<T>) return RI_VALUE_REAL;
  else if constexpr (std::is_enum_v<T> || std::is_convertible_v<T, std::string_view>) return RI_VALUE_WORD;
  else if constexpr (std::is_convertible_v<T, std::span<const int64_t>>) return RI_VALUE_INTS;
  else if constexpr (std::is_convertible_v<T, std::span<const double>>) return RI_VALUE_REALS;
  else return RI_VALUE_NONE;
}
template <class T> concept Value = value_type<T>() != RI_VALUE_NONE;

enum : size_t { most_choices = 16 };

/* What is said of a parameter. */
struct ParamText {
  std::string_view name, summary;
  uint32_t flags = 0;
  double low = 0, high = 0;
  std::array<std::string_view, most_choices> words{};
  size_t n_words = 0;
};

/* The ways to say more, each giving a changed copy. Bounds hold for every number of a list. */
template <class Self> struct ParamBuilder : ParamText {
  constexpr Self required() const { return with(RI_PARAM_REQUIRED); }
  constexpr Self min(double bound) const { return with(RI_PARAM_MIN, bound, high); }
  constexpr Self max(double bound) const { return with(RI_PARAM_MAX, low, bound); }
  constexpr Self above(double bound) const { return with(RI_PARAM_MIN | RI_PARAM_MIN_OPEN, bound, high); }
  constexpr Self below(double bound) const { return with(RI_PARAM_MAX | RI_PARAM_MAX_OPEN, low, bound); }
  /* Infinity and NaN are values too. */
  constexpr Self non_finite() const { return with(RI_PARAM_NON_FINITE); }
  /* Another value need not change a result. */
  constexpr Self may_have_no_effect() const { return with(RI_PARAM_MAY_HAVE_NO_EFFECT); }
  /* All words that are allowed; of an enum in the order of its values, from 0. */
  template <class... Words> constexpr Self choices(Words... all) const {
    static_assert(sizeof...(Words) <= most_choices);
    Self next = static_cast<const Self &>(*this);
    next.words = {std::string_view(all)...};
    next.n_words = sizeof...(Words);
    return next;
  }

 private:
  constexpr Self with(uint32_t more, double low_ = 0, double high_ = 0) const {
    Self next = static_cast<const Self &>(*this);
    next.flags |= more;
    if (more & RI_PARAM_MIN) next.low = low_;
    if (more & RI_PARAM_MAX) next.high = high_;
    return next;
  }
};

/* A parameter that is a member of a struct; its default is the member's initializer. */
template <class Owner, Value T> struct MemberParam : ParamBuilder<MemberParam<Owner, T>> {
  T Owner::*member = nullptr;
  using Held = T;
  const T &initial(const Owner &owner) const { return owner.*member; }
};
template <class Owner, Value T>
constexpr MemberParam<Owner, T> param(std::string_view name, T Owner::*member, std::string_view summary) {
  MemberParam<Owner, T> made;
  made.name = name, made.summary = summary, made.member = member;
  return made;
}

/* A parameter that is an argument: int64_t, double, bool or std::string_view. */
template <Value T> struct ArgumentParam : ParamBuilder<ArgumentParam<T>> {
  T value{};
  using Held = T;
  template <class Owner> const T &initial(const Owner &) const { return value; }
};
template <class T> consteval auto held_type() {
  if constexpr (value_type<T>() == RI_VALUE_INT) return int64_t();
  else if constexpr (value_type<T>() == RI_VALUE_REAL) return double();
  else if constexpr (value_type<T>() == RI_VALUE_WORD) return std::string_view();
  else return T();
}
template <class T> constexpr auto argument(std::string_view name, T initial, std::string_view summary) {
  using Held = decltype(held_type<T>());
  ArgumentParam<Held> made;
  made.name = name, made.summary = summary, made.value = static_cast<Held>(initial);
  return made;
}

/* A value for the host; pointers into `held` and `said`. */
template <Value T> ri_value to_value(const T &held, const ParamText &said) {
  ri_value out{};
  out.type = value_type<T>();
  const auto list = [&](auto items) {
    out.count = static_cast<uint32_t>(items.size());
    return items.data();
  };
  if constexpr (value_type<T>() == RI_VALUE_BOOL || value_type<T>() == RI_VALUE_INT)
    out.u.i64 = static_cast<int64_t>(held);
  else if constexpr (value_type<T>() == RI_VALUE_REAL) out.u.f64 = static_cast<double>(held);
  else if constexpr (std::is_enum_v<T>) out.u.word = list(said.words.at(static_cast<size_t>(held)));
  else if constexpr (value_type<T>() == RI_VALUE_WORD) out.u.word = list(std::string_view(held));
  else if constexpr (value_type<T>() == RI_VALUE_INTS) out.u.i64s = list(std::span<const int64_t>(held));
  else out.u.f64s = list(std::span<const double>(held));
  return out;
}

/* A value of the host's; views are [borrowed]. */
template <Value T> T from_value(const ri_value &value, const ParamText &said) {
  if (value.type != value_type<T>())
    throw Error(RI_ABI, "parameter ", said.name, " has type ", value.type, ": expected ", value_type<T>());
  if constexpr (value_type<T>() == RI_VALUE_BOOL) return value.u.i64 != 0;
  else if constexpr (value_type<T>() == RI_VALUE_REAL) return static_cast<T>(value.u.f64);
  else if constexpr (value_type<T>() == RI_VALUE_INT) {
    if (!std::in_range<T>(value.u.i64))
      throw Error(RI_INVALID, said.name, " is too large: found ", value.u.i64);
    return static_cast<T>(value.u.i64);
  } else if constexpr (std::is_enum_v<T>) {
    const auto end = said.words.begin() + said.n_words;
    const auto at = std::find(said.words.begin(), end, std::string_view(value.u.word, value.count));
    if (at == end)
      throw Error(RI_INVALID, said.name, " has no choice '", std::string_view(value.u.word, value.count),
                  "'");
    return static_cast<T>(at - said.words.begin());
  } else if constexpr (value_type<T>() == RI_VALUE_WORD) return T(value.u.word, value.count);
  else if constexpr (value_type<T>() == RI_VALUE_INTS) return T(value.u.i64s, value.u.i64s + value.count);
  else return T(value.u.f64s, value.u.f64s + value.count);
}

/* The tuple of a type's parameters; empty where it has none. */
template <class T> constexpr auto parameters_of() {
  if constexpr (requires { T::parameters(); }) return T::parameters();
  else return std::tuple<>();
}

/* The descriptors for the host, with pointers into `owner`, `params` and itself. */
template <class... Params> struct ParamTable {
  std::array<ri_param, sizeof...(Params)> rows{};
  std::array<std::array<ri_str, most_choices>, sizeof...(Params)> words{};

  template <class Owner> ParamTable(const Owner &owner, const std::tuple<Params...> &params) {
    size_t i = 0;
    std::apply([&](const auto &...each) { (put(i++, each, owner), ...); }, params);
  }
  ParamTable(const ParamTable &) = delete;

 private:
  template <class Param, class Owner> void put(size_t i, const Param &param, const Owner &owner) {
    std::transform(param.words.begin(), param.words.end(), words[i].begin(), str);
    ri_param &row = rows[i];
    row.struct_size = sizeof row, row.flags = param.flags;
    row.name = str(param.name), row.summary = str(param.summary);
    row.default_value = to_value(param.initial(owner), param);
    row.min = param.low, row.max = param.high;
    row.choices = param.n_words ? words[i].data() : nullptr, row.n_choices = param.n_words;
  }
};
template <class Owner, class... Params> ParamTable(const Owner &, const std::tuple<Params...> &)
    -> ParamTable<Params...>;

inline void expect_count(uint64_t found, uint64_t expected) {
  if (found < expected) throw Error(RI_ABI, "too few parameters: expected ", expected, ", found ", found);
}

/* Sets the members that are parameters. */
template <class T> void read_parameters(T &into, const ri_value *values, uint64_t count) {
  constexpr auto params = parameters_of<T>();
  expect_count(count, std::tuple_size_v<decltype(params)>);
  std::apply([&](const auto &...each) {
    ((into.*each.member = from_value<typename std::remove_cvref_t<decltype(each)>::Held>(*values++, each)),
     ...);
  }, params);
}

} // namespace v1
} // namespace reinit::plugin

#endif
