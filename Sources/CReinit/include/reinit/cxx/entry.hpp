/* reinit/cxx/entry.hpp -- the entry and the manifest, made of what is registered. */
#ifndef REINIT_CXX_ENTRY_HPP
#define REINIT_CXX_ENTRY_HPP

#include "layer.hpp"

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
template <class... Items> constexpr bool are_names(const std::tuple<Items...> &items) {
  return std::apply([](const auto &...each) { return (is_name(each.name(), each.is_layer) && ...); }, items);
}
template <class... Items> constexpr bool are_unique(const std::tuple<Items...> &items) {
  return std::apply([](const auto &...each) {
    const std::array<std::string_view, sizeof...(Items)> names{each.name()...};
    for (size_t i = 0; i < names.size(); i++)
      for (size_t j = 0; j < i; j++)
        if (names[i] == names[j]) return false;
    return true;
  }, items);
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
  template <class... Items>
  constexpr void names(std::string_view key, bool of_layers, const std::tuple<Items...> &items) {
    bool first = true;
    put(", ");
    string(key);
    put(": [");
    const auto name = [&](const auto &item) {
      if (item.is_layer != of_layers) return;
      if (!first) put(", ");
      first = false;
      string(item.name());
    };
    std::apply([&](const auto &...each) { (name(each), ...); }, items);
    put("]");
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
template <class Items> ri_status enter(const ri_host *host, ri_plugin *self, ri_call *call,
                                       const PluginInfo &info, const Items &items) {
  return guarded(host, call, [&] {
    if (host->abi_major != RI_ABI_MAJOR || host->struct_size < RI_HOST_SIZE_1_0 ||
        self->struct_size < RI_PLUGIN_SIZE_1_0)
      throw Error(RI_ABI, "the host's ABI is another: expected ", RI_ABI_MAJOR, ", found ", host->abi_major);
    ri_describe(self, info.id, info.version, info.license, info.summary);
    std::apply([&](const auto &...each) { (check(each.add(host)), ...); }, items);
  });
}

} // namespace v1
} // namespace reinit::plugin

/* The entry and the manifest of a plugin; once, outside of any namespace.
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
  __attribute__((section(".reinit.manifest"), used)) constexpr ::reinit::plugin::Manifest<                   \
      ::reinit::plugin::write_manifest({}, reinit_plugin_info, reinit_plugin_items)>                         \
      reinit_plugin_manifest(reinit_plugin_info, reinit_plugin_items);                                       \
  }                                                                                                          \
  extern "C" RI_EXPORT ri_status ri_plugin_entry_v1(const ri_host *host, ri_plugin *self, ri_call *call)     \
      RI_NOEXCEPT {                                                                                          \
    return ::reinit::plugin::enter(host, self, call, reinit_plugin_info, reinit_plugin_items);               \
  }                                                                                                          \
  static_assert(true)

#endif
