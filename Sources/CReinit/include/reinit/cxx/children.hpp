/* reinit/cxx/children.hpp -- a layer's children, and the calls that make, rebuild and run it. */
#ifndef REINIT_CXX_CHILDREN_HPP
#define REINIT_CXX_CHILDREN_HPP

#include "handles.hpp"

#include <optional>
#include <vector>

namespace reinit::plugin {
inline namespace [[gnu::visibility("hidden")]] v1 {

/* torch's [out, in, kernel...]. */
inline constexpr ri_geometry out_in = RI_GEOMETRY_OUT_IN;

/* One child: a tensor with its role, or a layer. An empty handle is an absent child. */
struct Child {
  std::string name;
  uint32_t kind = RI_CHILD_TENSOR, flags = 0;
  ri_role role = RI_ROLE_NONE;
  Tensor tensor;
  Layer layer;
  std::optional<ri_geometry> geometry;
  std::string fresh; /* an initializer as a user writes it; of a layer, a table: see ri_child */
  std::optional<ri_distribution> begins; /* the same without words; not together with `fresh` */

  /* How it begins, as a distribution. */
  Child beginning(const ri_distribution &distribution) && {
    begins = distribution;
    return std::move(*this);
  }
  /* Left alone by rules that do not name it. */
  Child frozen() && {
    flags |= RI_CHILD_FROZEN;
    return std::move(*this);
  }
};
using Children = std::vector<Child>;

inline Child tensor_child(ri_role role, std::string name, Tensor tensor, std::string fresh) {
  Child made;
  made.name = std::move(name), made.role = role;
  made.tensor = std::move(tensor), made.fresh = std::move(fresh);
  return made;
}
/* Without a geometry it has no fans. */
inline Child weight(std::string name, Tensor tensor, std::optional<ri_geometry> geometry, std::string fresh) {
  Child made = tensor_child(RI_ROLE_WEIGHT, std::move(name), std::move(tensor), std::move(fresh));
  made.geometry = geometry;
  return made;
}
/* Begins at 0 unless `fresh` says otherwise. */
inline Child bias(std::string name, Tensor tensor, std::string fresh = {}) {
  return tensor_child(RI_ROLE_BIAS, std::move(name), std::move(tensor), std::move(fresh));
}
/* Begins at 1 unless `fresh` says otherwise. */
inline Child scale(std::string name, Tensor tensor, std::string fresh = {}) {
  return tensor_child(RI_ROLE_SCALE, std::move(name), std::move(tensor), std::move(fresh));
}
inline Child buffer(std::string name, Tensor tensor, std::string fresh) {
  return tensor_child(RI_ROLE_BUFFER, std::move(name), std::move(tensor), std::move(fresh));
}
/* `fresh`: how parameters in it begin where not by themselves, "weight: zeros, norm.scale: constant(0.1)". */
inline Child sublayer(std::string name, Layer layer, std::string fresh = {}) {
  Child made;
  made.fresh = std::move(fresh);
  made.name = std::move(name), made.kind = RI_CHILD_LAYER, made.layer = std::move(layer);
  return made;
}

inline Child Call::layer_child(const Layer &layer, uint64_t index) const {
  ri_child raw{};
  raw.struct_size = sizeof raw;
  check(host_->layer_child(raw_, layer.raw(), index, &raw));
  Child made;
  made.name = plugin::view(raw.name), made.kind = raw.kind, made.flags = raw.flags, made.role = raw.role;
  made.tensor = Tensor::retaining(host_, raw.tensor), made.layer = Layer::retaining(host_, raw.layer);
  if (raw.geometry) made.geometry = read_capped(raw.geometry);
  made.fresh = plugin::view(raw.fresh);
  if (raw.begins) made.begins = read_capped(raw.begins);
  return made;
}

/* What a layer is created from, besides its parameters. */
class Build : public Call {
 public:
  explicit Build(const ri_build *build) noexcept : Call(build->host, build->call), build_(build) {}
  /* The layers that the user nests in this one. */
  uint64_t nested_count() const noexcept { return build_->n_layers; }
  Layer nested(uint64_t index) const {
    if (index >= build_->n_layers)
      throw Error(RI_INVALID, "too few layers are nested: found ", build_->n_layers);
    return Layer::retaining(host(), build_->layers[index]);
  }

 private:
  const ri_build *build_;
};

/* The other children that a layer is rebuilt with, by the names of its own. */
class Rebuild : public Call {
 public:
  Rebuild(const ri_rebuild *rebuild, const Children &children)
      : Call(rebuild->host, rebuild->call), rebuild_(rebuild), children_(children) {
    if (rebuild->n_parts != children.size())
      throw Error(RI_INVALID, "wrong number of parts: expected ", children.size(), ", found ",
                  rebuild->n_parts);
  }
  /* A tensor that must be there, of this shape. */
  Tensor tensor(std::string_view name, Shape shape) const {
    Tensor found = tensor_or_absent(name, shape);
    if (!found) throw Error(RI_INVALID, "'", name, "' is missing: expected a tensor of shape ", shape);
    return found;
  }
  /* A tensor of this shape, or none. */
  Tensor tensor_or_absent(std::string_view name, Shape shape) const {
    const ri_part &part = at(name);
    if (part.layer)
      throw Error(RI_INVALID, "'", name, "' is of the wrong kind: expected a tensor, found a layer");
    if (part.tensor)
      if (Shape found = view_of(part.tensor).shape(); found != shape)
        throw Error(RI_SHAPE, "'", name, "' has the wrong shape: expected ", shape, ", found ", found);
    return Tensor::retaining(host(), part.tensor);
  }
  /* A layer that must be there. */
  Layer layer(std::string_view name) const {
    const ri_part &part = at(name);
    if (!part.layer) throw Error(RI_INVALID, "'", name, "' is missing: expected a layer");
    return Layer::retaining(host(), part.layer);
  }

 private:
  const ri_part &at(std::string_view name) const {
    for (size_t i = 0; i < children_.size(); i++)
      if (children_[i].name == name) return rebuild_->parts[i];
    throw Error(RI_INTERNAL, "there is no child '", name, "'");
  }
  const ri_rebuild *rebuild_;
  const Children &children_;
};

/* Ends a forward pass that runs to infer shapes, once all outputs are made. Caught by the kit. */
struct ShapesInferred {};

/* A forward pass, or the inference of its shapes. */
class Forward : public Call {
 public:
  /* With `remaining`, the pass ends as soon as that many outputs are made. */
  explicit Forward(const ri_forward *pass, uint64_t *remaining = nullptr) noexcept
      : Call(pass->host, pass->call, pass->flags & RI_FORWARD_SHAPES), pass_(pass), remaining_(remaining) {}
  uint64_t input_count() const noexcept { return pass_->n_inputs; }
  /* Whether only shapes are asked for: tensors have no data, and neither have outputs. */
  bool shapes_only() const noexcept { return without_data(); }
  /* Read only; without data while shapes are inferred. */
  View input(uint64_t index = 0) const { return view_of(raw_input(index)); }
  Tensor input_tensor(uint64_t index = 0) const { return Tensor::retaining(host(), raw_input(index)); }
  /* An input's elements as float, whatever float type they are kept as. */
  using Call::floats;
  Floats floats(uint64_t index = 0) const { return elements_of<float>(raw_input(index), "the input"); }
  /* Makes an output and lends its memory; empty while shapes are inferred. */
  template <Element T = float> std::span<T> output(Shape shape, uint64_t index = 0) const {
    ri_view out{};
    out.struct_size = sizeof out;
    check(host()->output(raw(), index, dtype_of<T>, shape.rank(), shape.data(), &out));
    one_made();
    if (!out.data) return {};
    return {static_cast<T *>(out.data), out.count};
  }
  /* Gives a tensor as an output. */
  void give(const Tensor &tensor, uint64_t index = 0) const {
    check(host()->set_output(raw(), index, tensor.raw()));
    one_made();
  }
  /* The C struct, for what is not here. */
  const ri_forward &pass() const noexcept { return *pass_; }

 private:
  ri_tensor *raw_input(uint64_t index) const {
    if (index >= pass_->n_inputs) throw Error(RI_INVALID, "too few inputs: found ", pass_->n_inputs);
    return pass_->inputs[index];
  }
  void one_made() const {
    if (remaining_ && --*remaining_ == 0) throw ShapesInferred();
  }
  const ri_forward *pass_;
  uint64_t *remaining_;
};

} // namespace v1
} // namespace reinit::plugin

#endif
