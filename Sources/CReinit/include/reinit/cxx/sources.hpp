/* reinit/cxx/sources.hpp -- what a fill reads: declared in a table, and bound to members. */
#ifndef REINIT_CXX_SOURCES_HPP
#define REINIT_CXX_SOURCES_HPP

#include "handles.hpp"

#include <array>

namespace reinit::plugin {
inline namespace [[gnu::visibility("hidden")]] v1 {

/* A source, and the member that holds its elements during a fill: those of a run's state before anything is changed. In
 * `check` there is a shape without elements. */
template <class Owner> struct Source {
  uint32_t kind;
  std::string_view name, path, file;
  Floats Owner::*member;

  ri_source raw() const {
    ri_source row{};
    row.struct_size = sizeof row, row.kind = kind;
    row.name = str(name), row.path = str(path), row.file = str(file);
    return row;
  }
};

/* The values that the tensor has. */
template <class Owner> constexpr Source<Owner> old_source(std::string_view name, Floats Owner::*member) {
  return {RI_SOURCE_OLD, name, {}, {}, member};
}
/* Another tensor of the tree: ".base" is beside the one that is filled, "..base.weight" beside its layer, "a.b.weight"
 * counts from the root, "$p" is the word parameter p. */
template <class Owner>
constexpr Source<Owner> tensor_source(std::string_view name, Floats Owner::*member, std::string_view path) {
  return {RI_SOURCE_TENSOR, name, path, {}, member};
}
/* A tensor of another checkpoint; without a path the one of the same name. */
template <class Owner>
constexpr Source<Owner> file_source(std::string_view name, Floats Owner::*member, std::string_view file,
                                    std::string_view path = {}) {
  return {RI_SOURCE_FILE, name, path, file, member};
}

/* The sources of a type; none where it says none. */
template <class T> constexpr auto sources_of() {
  if constexpr (requires { T::sources(); }) return T::sources();
  else return std::array<Source<T>, 0>();
}

} // namespace v1
} // namespace reinit::plugin

#endif
