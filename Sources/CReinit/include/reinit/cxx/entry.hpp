/* reinit/cxx/entry.hpp -- the entry and the manifest, made of what is registered. */
#ifndef REINIT_CXX_ENTRY_HPP
#define REINIT_CXX_ENTRY_HPP

#include "layer.hpp"
#include "needs.hpp"

namespace reinit::plugin {
inline namespace [[gnu::visibility("hidden")]] v1 {

/* ---- Names, checked by the compiler ---- */
constexpr bool is_one_of(char c, std::string_view set) { return set.find(c) != std::string_view::npos; }
inline constexpr std::string_view small = "abcdefghijklmnopqrstuvwxyz", large = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                                  digits = "0123456789";

constexpr bool is_name(std::string_view name, bool of_layer) {
  if (name.empty() || !is_one_of(name[0], of_layer ? large : small)) return false;
  return std::ranges::all_of(name.substr(1), [&](char c) {
    return is_one_of(c, small) || is_one_of(c, digits) || (of_layer ? is_one_of(c, large) : c == '_');
  });
}
/* Reverse DNS: [a-z][a-z0-9-]*(\.[a-z0-9-]+)+ */
constexpr bool is_id(std::string_view id) {
  if (id.empty() || !is_one_of(id[0], small) || id.back() == '.' || id.find('.') == std::string_view::npos)
    return false;
  if (id.find("..") != std::string_view::npos) return false;
  return std::ranges::all_of(
      id, [](char c) { return is_one_of(c, small) || is_one_of(c, digits) || c == '-' || c == '.'; });
}
template <class Items> constexpr bool are_names(const Items &items) {
  bool all = true;
  for_each<Registered>(items, [&](const auto &item) { all = all && is_name(item.name(), item.is_layer); });
  return all;
}
template <class Items> constexpr bool are_unique(const Items &items) {
  bool all = true;
  for_each<Registered>(items, [&](const auto &item) {
    int alike = 0;
    for_each<Registered>(items, [&](const auto &other) { alike += item.name() == other.name(); });
    all = all && alike == 1;
  });
  return all;
}

/* ---- The manifest ---- */

/* Counts characters, and writes them while there is room. */
struct JSONSink {
  std::span<char> room;
  size_t count = 0;
  constexpr void put(std::string_view s) {
    for (char c : s) {
      if (count < room.size()) room[count] = c;
      count++;
    }
  }
  constexpr void string(std::string_view s) {
    put("\"");
    for (char c : s) {
      if (c == '"' || c == '\\') put("\\");
      put(static_cast<unsigned char>(c) < 0x20 ? std::string_view(" ") : std::string_view(&c, 1));
    }
    put("\"");
  }
  constexpr void field(std::string_view key, std::string_view value) {
    put(", ");
    string(key);
    put(": ");
    string(value);
  }
  constexpr void number(uint32_t value) {
    if (value >= 10) number(value / 10);
    put(digits.substr(value % 10, 1));
  }
  template <class Items> constexpr void names(std::string_view key, bool of_layers, const Items &items) {
    bool first = true;
    put(", ");
    string(key);
    put(": [");
    for_each<Registered>(items, [&](const auto &item) {
      if (item.is_layer != of_layers) return;
      if (!first) put(", ");
      first = false;
      string(item.name());
    });
    put("]");
  }
  /* `requires`, where there is something. */
  template <class Items> constexpr void requirements(const Items &items) {
    if (count_of<Need>(items) + least_minor(items) == 0) return;
    put(", \"requires\": {\"minor\": ");
    number(least_minor(items));
    put(", \"services\": {");
    bool first = true;
    for_each<Need>(items, [&](const Need &need) {
      if (!first) put(", ");
      first = false;
      string(need.service);
      put(": ");
      number(need.version);
    });
    put("}}");
  }
};

/* What a plugin says of itself. */
struct PluginInfo {
  const char *id, *version, *license, *summary;
};

template <class Items>
constexpr size_t write_manifest(std::span<char> room, const PluginInfo &info, const Items &items) {
  JSONSink json{room, 0};
  json.put("{\"reinit\": 1");
  json.field("id", info.id);
  json.field("version", info.version);
  json.field("license", info.license);
  json.field("summary", info.summary);
  json.names("initializers", false, items);
  json.names("layers", true, items);
  json.requirements(items);
  json.put("}");
  return json.count;
}
template <size_t Length> struct Manifest {
  char text[Length + 1] = {};
  template <class Items> consteval Manifest(const PluginInfo &info, const Items &items) {
    write_manifest(std::span(text, Length), info, items);
  }
};

/* ---- The entry ---- */
template <const auto &items> ri_status enter(const ri_host *host, ri_plugin *self, ri_call *call, const PluginInfo &info) {
  return guarded(host, call, [&] {
    if (host->abi_major != RI_ABI_MAJOR || host->struct_size < RI_HOST_SIZE_1_0 ||
        self->struct_size < RI_PLUGIN_SIZE_1_0)
      throw Error(RI_ABI, "the host's ABI is another: expected ", RI_ABI_MAJOR, ", found ", host->abi_major);
    ri_describe(self, info.id, info.version, info.license, info.summary);
    Needs<items>::say(*self);
    if constexpr (count_of<Extension>(items) > 0) self->extension = extension_of<items>;
    for_each<Registered>(items, [&](const auto &item) { check(item.add(host)); });
  });
}

} // namespace v1
} // namespace reinit::plugin

/* The entry and the manifest of a plugin; once, outside of any namespace: what it registers, needs and answers.
 *
 *   REINIT_PLUGIN("org.example.gate", "1.0.0", "MIT", "a gate", ri::layer<Gate>(), ri::initializer<Noise>())
 */
#define REINIT_PLUGIN(id_, version_, license_, summary_, ...)                                                \
  namespace {                                                                                                \
  constexpr ::reinit::plugin::PluginInfo reinit_plugin_info{id_, version_, license_, summary_};              \
  constexpr auto reinit_plugin_items = ::std::make_tuple(__VA_ARGS__);                                       \
  static_assert(::reinit::plugin::is_id(id_),                                                                \
                "a plugin's id is like org.example.gate: [a-z][a-z0-9-]*(\\.[a-z0-9-]+)+");                  \
  static_assert(::reinit::plugin::are_names(reinit_plugin_items),                                            \
                "an initializer is named [a-z][a-z0-9_]*, a layer [A-Z][A-Za-z0-9]*");                       \
  static_assert(::reinit::plugin::are_unique(reinit_plugin_items), "two of a plugin's items have one name"); \
  static_assert(::reinit::plugin::are_needs(reinit_plugin_items),                                            \
                "a service that is needed has a name, and a version from 1");                                \
  __attribute__((section(".reinit.manifest"), used)) constexpr ::reinit::plugin::Manifest<                   \
      ::reinit::plugin::write_manifest({}, reinit_plugin_info, reinit_plugin_items)>                         \
      reinit_plugin_manifest(reinit_plugin_info, reinit_plugin_items);                                       \
  }                                                                                                          \
  extern "C" RI_EXPORT ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call)     \
      RI_NOEXCEPT {                                                                                          \
    return ::reinit::plugin::enter<reinit_plugin_items>(host, self, call, reinit_plugin_info);               \
  }                                                                                                          \
  static_assert(true)

#endif
