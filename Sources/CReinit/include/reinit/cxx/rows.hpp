/* reinit/cxx/rows.hpp -- the children of a described layer, as a table: the host makes, fills, rebuilds and checks them. */
#ifndef REINIT_CXX_ROWS_HPP
#define REINIT_CXX_ROWS_HPP

#include "handles.hpp"

#include <array>
#include <optional>

namespace reinit::plugin {
inline namespace [[gnu::visibility("hidden")]] v1 {

/* One child, and the member that holds it during a pass. Texts may hold expressions of parameters in braces:
 * + - * / ( ) of numbers and names. The functions give changed copies. */
template <class Owner> struct ChildRow {
  Tensor Owner::*tensor = nullptr;
  Layer Owner::*sublayer = nullptr;
  std::string_view name_, shape_, fresh_, layer_, groups_, when_;
  ri_role role = RI_ROLE_NONE;
  uint32_t flags = 0;
  std::optional<ri_distribution> begins_ = {};
  std::optional<ri_geometry> geometry_ = {};

  /* How a tensor begins: an initializer as a user writes it, "uniform({-1 / n}, {1 / n})". Else: bias 0, scale 1. Of a layer:
   * how parameters in it begin where not by themselves, "weight: zeros, norm.scale: constant({g})". */
  constexpr ChildRow fresh(std::string_view text) const { return with(&ChildRow::fresh_, text); }
  /* The same, as a distribution. */
  constexpr ChildRow begins(const ri_distribution &distribution) const { return with(&ChildRow::begins_, distribution); }
  /* What the axes mean; without it a tensor has no fans. */
  constexpr ChildRow geometry(const ri_geometry &geometry) const { return with(&ChildRow::geometry_, geometry); }
  /* An expression in place of the geometry's groups. */
  constexpr ChildRow groups(std::string_view expression) const { return with(&ChildRow::groups_, expression); }
  /* A parameter: the child is absent where it is false or 0. */
  constexpr ChildRow when(std::string_view parameter) const { return with(&ChildRow::when_, parameter); }
  /* Left alone by rules that do not name it. */
  constexpr ChildRow frozen() const { return with(&ChildRow::flags, flags | RI_CHILD_FROZEN); }

  /* The row for the host, with pointers into this one. */
  ri_child_row raw() const {
    ri_child_row row{};
    row.struct_size = sizeof row, row.kind = tensor ? RI_CHILD_TENSOR : RI_CHILD_LAYER;
    row.role = role, row.flags = flags;
    row.name = str(name_), row.shape = str(shape_), row.fresh = str(fresh_);
    row.layer = str(layer_), row.groups = str(groups_), row.when = str(when_);
    row.begins = begins_ ? &*begins_ : nullptr, row.geometry = geometry_ ? &*geometry_ : nullptr;
    return row;
  }
  /* Puts the child into its member; an absent one leaves an empty handle. */
  void bind(Owner &owner, const ri_host *host, const ri_part &part) const {
    if (tensor) owner.*tensor = Tensor::retaining(host, part.tensor);
    else owner.*sublayer = Layer::retaining(host, part.layer);
  }

 private:
  template <class Field, class Value> constexpr ChildRow with(Field ChildRow::*field, const Value &value) const {
    ChildRow next = *this;
    next.*field = value;
    return next;
  }
};

/* A tensor, of a shape in parameters: "[out, 4 * in]". */
template <class Owner>
constexpr ChildRow<Owner> tensor_row(std::string_view name, Tensor Owner::*member, ri_role role, std::string_view shape) {
  ChildRow<Owner> row;
  row.name_ = name, row.tensor = member, row.role = role, row.shape_ = shape;
  return row;
}
/* A layer, as for Call::layer: "Dense(in: {n}, out: {2 * n})"; without a text the next one that the user nests. */
template <class Owner>
constexpr ChildRow<Owner> layer_row(std::string_view name, Layer Owner::*member, std::string_view text = {}) {
  ChildRow<Owner> row;
  row.name_ = name, row.sublayer = member, row.layer_ = text;
  return row;
}

} // namespace v1
} // namespace reinit::plugin

#endif
