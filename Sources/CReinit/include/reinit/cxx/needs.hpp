/* reinit/cxx/needs.hpp -- what a plugin requires of its host, and what newer hosts may ask it for. */
#ifndef REINIT_CXX_NEEDS_HPP
#define REINIT_CXX_NEEDS_HPP

#include "core.hpp"

#include <array>
#include <tuple>

namespace reinit::plugin {
inline namespace [[gnu::visibility("hidden")]] v1 {

/* A service that the plugin cannot do without. */
struct Need {
  std::string_view service;
  uint32_t version;
};
/* The least minor version of a host. */
struct NeedMinor {
  uint32_t minor;
};
/* A table of the plugin's. */
struct Extension {
  std::string_view name;
  uint32_t version;
  const void *table;
};

/* An item of REINIT_PLUGIN: a host without that service, in exactly that version, refuses the plugin. */
constexpr Need needs(std::string_view service, uint32_t version) { return {service, version}; }
/* The same: a host whose ABI has a smaller minor version refuses it. */
constexpr NeedMinor needs_minor(uint32_t minor) { return {minor}; }
/* The same: what newer hosts may ask for, by name and exact version. The table is static: it lives as long as the plugin. */
template <class Table> constexpr Extension extension(std::string_view name, uint32_t version, const Table *table) {
  return {name, version, table};
}

/* ---- Among the items of REINIT_PLUGIN ---- */

/* What the host is handed: an initializer, or a layer. */
struct Registered {
  template <class Item> static constexpr bool includes = requires { Item::is_layer; };
};
template <class Kind, class Item> constexpr bool is_kind() {
  if constexpr (std::is_same_v<Kind, Registered>) return Registered::includes<Item>;
  else return std::is_same_v<Kind, Item>;
}
template <class Kind, class... Items, class Body> constexpr void for_each(const std::tuple<Items...> &items, Body &&body) {
  const auto one = [&](const auto &item) {
    if constexpr (is_kind<Kind, std::remove_cvref_t<decltype(item)>>()) body(item);
  };
  std::apply([&](const auto &...each) { (one(each), ...); }, items);
}
template <class Kind, class... Items> constexpr uint32_t count_of(const std::tuple<Items...> &) {
  return (uint32_t(0) + ... + uint32_t(is_kind<Kind, Items>()));
}
template <class Items> constexpr uint32_t least_minor(const Items &items) {
  uint32_t least = 0;
  for_each<NeedMinor>(items, [&](const NeedMinor &need) { least = std::max(least, need.minor); });
  return least;
}
template <class Items> constexpr bool are_needs(const Items &items) {
  bool all = true;
  for_each<Need>(items, [&](const Need &need) { all = all && !need.service.empty() && need.version > 0; });
  return all;
}

/* The table of services that is lent to the host. */
template <const auto &items> struct Needs {
  static constexpr uint32_t count = count_of<Need>(items);
  static constexpr std::array<ri_requirement, count> list = [] {
    std::array<ri_requirement, count> list{};
    size_t i = 0;
    for_each<Need>(items, [&](const Need &need) { list[i++] = {str(need.service), need.version, 0}; });
    return list;
  }();
  static void say(ri_plugin &self) {
    self.needs_minor = least_minor(items);
    self.n_needs = count;
    if constexpr (count > 0) self.needs = list.data();
  }
};

/* The answer of a plugin to a newer host. */
template <const auto &items> const void *extension_of(ri_str name, uint32_t version) noexcept {
  const void *table = nullptr;
  for_each<Extension>(items, [&](const Extension &each) {
    if (each.name == view(name) && each.version == version) table = each.table;
  });
  return table;
}

} // namespace v1
} // namespace reinit::plugin

#endif
