/* reinit/cxx/sources.hpp -- what a fill reads: declared in a table, and bound to members. */
#ifndef REINIT_CXX_SOURCES_HPP
#define REINIT_CXX_SOURCES_HPP

#include "handles.hpp"

#include <array>

namespace reinit::plugin {
inline namespace [[gnu::visibility("hidden")]] v1 {

/* A tensor that a fill reads: as it is before the run changes anything. In `check` it has a shape and no elements. */
class Source {
 public:
  Source() noexcept = default;
  Source(const Call &call, ri_tensor *tensor, std::string_view name) noexcept
      : call_(call), tensor_(Tensor::retaining(call.host(), tensor)), name_(name) {}
  Shape shape() const { return call_.view(tensor_).shape(); }
  ri_dtype dtype() const { return call_.view(tensor_).dtype(); }
  /* Elements [first, first + out.size()) as T, float or double, whatever type they are kept as. */
  template <class T>
    requires std::is_floating_point_v<T>
  void read(uint64_t first, std::span<T> out) const {
    check(call_.host()->tensor_read(call_.raw(), tensor_.raw(), first, out.size(), dtype_of<T>, out.data()));
  }
  /* All elements: a copy where they are kept as another type. */
  Floats floats() const { return call_.floats(tensor_, name_); }
  Doubles doubles() const { return call_.doubles(tensor_, name_); }
  /* Refuses another shape. */
  void expect(Shape expected) const {
    if (const Shape found = shape(); found != expected)
      throw Error(RI_SHAPE, name_, " has the wrong shape: expected ", expected, ", found ", found);
  }

 private:
  Call call_{nullptr, nullptr};
  Tensor tensor_;
  std::string_view name_;
};

/* A source, and the member that holds it during a fill. */
template <class Owner> struct SourceRow {
  uint32_t kind;
  std::string_view name, path, file;
  Source Owner::*member;

  ri_source raw() const {
    ri_source row{};
    row.struct_size = sizeof row, row.kind = kind;
    row.name = str(name), row.path = str(path), row.file = str(file);
    return row;
  }
};

/* The values that the tensor has. */
template <class Owner> constexpr SourceRow<Owner> old_source(std::string_view name, Source Owner::*member) {
  return {RI_SOURCE_OLD, name, {}, {}, member};
}
/* Another tensor of the tree: ".base" is beside the one that is filled, "..base.weight" beside its layer, "a.b.weight"
 * counts from the root, "$p" is the word parameter p. */
template <class Owner>
constexpr SourceRow<Owner> tensor_source(std::string_view name, Source Owner::*member, std::string_view path) {
  return {RI_SOURCE_TENSOR, name, path, {}, member};
}
/* A tensor of another checkpoint; without a path the one of the same name. */
template <class Owner>
constexpr SourceRow<Owner> file_source(std::string_view name, Source Owner::*member, std::string_view file,
                                       std::string_view path = {}) {
  return {RI_SOURCE_FILE, name, path, file, member};
}

/* The sources of a type; none where it says none. */
template <class T> constexpr auto sources_of() {
  if constexpr (requires { T::sources(); }) return T::sources();
  else return std::array<SourceRow<T>, 0>();
}

} // namespace v1
} // namespace reinit::plugin

#endif
