/* reinit/cxx/handles.hpp -- the host's tensors and layers as values, streams of random numbers, calls. */
#ifndef REINIT_CXX_HANDLES_HPP
#define REINIT_CXX_HANDLES_HPP

#include "core.hpp"

#include <utility>
#include <vector>

namespace reinit::plugin {
inline namespace [[gnu::visibility("hidden")]] v1 {

/* One reference to something of the host's: copying retains, destroying releases. Empty: absent. */
template <class Raw, auto Retain, auto Release> class Handle {
 public:
  Handle() noexcept = default;
  Handle(const Handle &other) noexcept : host_(other.host_), raw_(other.raw_) {
    if (raw_) (host_->*Retain)(raw_);
  }
  Handle(Handle &&other) noexcept : host_(other.host_), raw_(std::exchange(other.raw_, nullptr)) {}
  Handle &operator=(Handle other) noexcept {
    std::swap(host_, other.host_);
    std::swap(raw_, other.raw_);
    return *this;
  }
  ~Handle() {
    if (raw_) (host_->*Release)(raw_);
  }

  /* Takes over a reference that is [owned]. */
  static Handle adopting(const ri_host *host, Raw *owned) noexcept { return Handle(host, owned); }
  /* Makes a reference to what is [borrowed]. */
  static Handle retaining(const ri_host *host, Raw *borrowed) noexcept {
    if (borrowed) (host->*Retain)(borrowed);
    return Handle(host, borrowed);
  }

  Raw *raw() const noexcept { return raw_; }
  explicit operator bool() const noexcept { return raw_ != nullptr; }
  friend bool operator==(const Handle &a, const Handle &b) noexcept { return a.raw_ == b.raw_; }

 private:
  Handle(const ri_host *host, Raw *raw) noexcept : host_(host), raw_(raw) {}
  const ri_host *host_ = nullptr;
  Raw *raw_ = nullptr;
};

using Tensor = Handle<ri_tensor, &ri_host::tensor_retain, &ri_host::tensor_release>;
using Layer = Handle<ri_layer, &ri_host::layer_retain, &ri_host::layer_release>;

/* The elements of a tensor, readable until the call returns. */
class View {
 public:
  explicit View(const ri_view &raw) noexcept : raw_(raw) {}
  ri_dtype dtype() const noexcept { return raw_.dtype; }
  Shape shape() const noexcept { return Shape(raw_.shape, raw_.rank); }
  uint64_t count() const noexcept { return raw_.count; }
  /* Whether there are contents: never while shapes are inferred, nor in a tensor that was not filled. */
  bool has_data() const noexcept { return raw_.data != nullptr || raw_.count == 0; }
  /* The elements as `T`; another type is RI_DTYPE, no contents RI_INVALID. `what` names the tensor in the
   * reason. */
  template <Element T> std::span<const T> data(std::string_view what = "a tensor") const {
    expect(dtype_of<T>, what);
    if (!has_data()) throw Error(RI_INVALID, what, " has no values yet");
    return {static_cast<const T *>(raw_.data), raw_.count};
  }
  void expect(ri_dtype dtype, std::string_view what = "a tensor") const {
    if (raw_.dtype != dtype)
      throw Error(RI_DTYPE, what, " has the wrong type: expected ", name_of(dtype), ", found ",
                  name_of(raw_.dtype));
  }

 private:
  ri_view raw_;
};

/* A tensor's elements as T, float or double, whatever float type they are kept as, and its shape. Lent until the call
 * returns. Without elements while shapes are inferred; empty where the tensor is absent. */
template <class T> class Elements : public std::span<const T> {
  static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);

 public:
  constexpr Elements() noexcept = default;
  explicit Elements(const ri_view &raw) noexcept
      : std::span<const T>(static_cast<const T *>(raw.data), raw.data ? raw.count : 0), shape_(raw.shape, raw.rank) {}
  Shape shape() const noexcept { return shape_; }
  /* Refuses another shape. `what` names the tensor in the reason. */
  void expect(Shape shape, std::string_view what = "a tensor") const {
    if (shape_ != shape) throw Error(RI_SHAPE, what, " has the wrong shape: expected ", shape, ", found ", shape_);
  }
  /* Refuses a last axis of another size, and what has no axes. */
  void expect_last_axis(int64_t size, std::string_view what = "the input") const {
    if (shape_.empty() || shape_.back() != size)
      throw Error(RI_SHAPE, what, " does not fit along its last axis: expected [..., ", size, "], found ", shape_);
  }

 private:
  Shape shape_;
};
using Floats = Elements<float>;
using Doubles = Elements<double>;

/* What the host says of a layer. Texts are lent until the call returns. */
struct LayerFacts {
  std::string_view type; /* "Conv", "org.example/Gate" */
  std::string_view text; /* as for Call::layer; empty if it cannot be written so */
  uint64_t n_children;   /* see Call::layer_child */
};

struct Child;

/* The stream of one tensor: element i is a function of the stream and i alone. Any thread, any time. */
class Random {
 public:
  Random(const ri_host *host, const ri_random &key) noexcept : host_(host), key_(key) {}
  /* A further sequence of the same tensor, 0 to 15, independent of the others. */
  Random lane(uint32_t lane) const noexcept {
    Random other = *this;
    other.key_.lane = lane;
    return other;
  }
  void words(uint64_t first, std::span<uint32_t> out) const noexcept {
    host_->random_words(&key_, first, out.size(), out.data());
  }
  void uniform(uint64_t first, std::span<float> out, float low, float high) const noexcept {
    host_->random_uniform(&key_, first, out.size(), low, high, out.data());
  }
  void normal(uint64_t first, std::span<float> out, float mean, float std) const noexcept {
    host_->random_normal(&key_, first, out.size(), mean, std, out.data());
  }
  void truncated_normal(uint64_t first, std::span<float> out, float mean, float std, float low,
                        float high) const {
    check(host_->random_truncated_normal(&key_, first, out.size(), mean, std, low, high, out.data()));
  }

 private:
  const ri_host *host_;
  ri_random key_;
};

/* What all calls of the host have in common. [borrowed]: dead when the call returns; never keep one. */
class Call {
 public:
  Call(const ri_host *host, ri_call *raw, bool without_data = false) noexcept
      : host_(host), raw_(raw), without_data_(without_data) {}
  const ri_host *host() const noexcept { return host_; }
  ri_call *raw() const noexcept { return raw_; }

  void log(uint32_t level, std::string_view line) const noexcept { host_->log(host_, level, str(line)); }
  /* Throws RI_CANCELLED once the user has interrupted the run. */
  void check_cancelled() const {
    if (host_->cancelled(raw_)) throw Error(RI_CANCELLED, "interrupted");
  }
  /* Memory until the call returns, uninitialized. */
  template <class T>
    requires std::is_trivial_v<T>
  std::span<T> scratch(uint64_t count) const {
    if (count > SIZE_MAX / sizeof(T)) throw std::bad_alloc();
    void *memory = host_->scratch(raw_, count * sizeof(T), std::max(alignof(T), size_t(16)));
    if (!memory && count) throw std::bad_alloc();
    return {static_cast<T *>(memory), count};
  }
  /* body(first, end) over [0, count) on the host's threads. What a body throws ends the call. */
  template <std::invocable<uint64_t, uint64_t> Body>
  void parallel(uint64_t count, uint64_t grain, const Body &body) const {
    struct Work {
      const Call *call;
      const Body *body;
    } work{this, &body};
    check(host_->parallel(raw_, count, grain, [](uint64_t first, uint64_t end, void *arg) -> ri_status {
      const Work &mine = *static_cast<const Work *>(arg);
      return guarded(mine.call->host_, mine.call->raw_, [&] { (*mine.body)(first, end); });
    }, &work));
  }

  /* A tensor without memory or contents. */
  Tensor tensor(Shape shape, ri_dtype dtype = RI_F32) const { return made(dtype, shape, nullptr); }
  /* A tensor with a copy of `data`. */
  template <Element T> Tensor tensor(Shape shape, std::span<const T> data) const {
    uint64_t count = 1;
    for (int64_t size : shape) count *= static_cast<uint64_t>(size);
    if (count != data.size())
      throw Error(RI_SHAPE, "the number of values does not fit shape ", shape, ": expected ", count,
                  ", found ", data.size());
    return made(dtype_of<T>, shape, data.data());
  }
  /* The same tensor, tied wherever it is a child. */
  Tensor shared(const Tensor &tensor) const {
    ri_tensor *out = nullptr;
    check(host_->tensor_share(raw_, tensor.raw(), &out));
    return Tensor::adopting(host_, out);
  }
  View view(const Tensor &tensor) const { return view_of(tensor.raw()); }
  /* The elements as float, whatever float type they are kept as. What is absent, has another type or no values yet is
   * refused, and `what` names it in the reason. */
  Floats floats(const Tensor &tensor, std::string_view what = "a tensor") const {
    return elements_of<float>(tensor.raw(), what);
  }
  Doubles doubles(const Tensor &tensor, std::string_view what = "a tensor") const {
    return elements_of<double>(tensor.raw(), what);
  }
  /* The same, empty where the tensor is absent. */
  Floats floats_or_absent(const Tensor &tensor, std::string_view what = "a tensor") const {
    return tensor ? floats(tensor, what) : Floats();
  }

  /* A layer of any kind, as a user writes it: layer("Conv(in: 64, out: 16, kernel: [1, 1])"). */
  Layer layer(std::string_view written, std::initializer_list<Layer> nested = {}) const {
    std::vector<ri_layer *> inner;
    for (const Layer &each : nested) inner.push_back(each.raw());
    ri_layer *out = nullptr;
    check(host_->layer_new(raw_, str(written), inner.data(), inner.size(), &out));
    return Layer::adopting(host_, out);
  }
  /* The forward pass of a layer with one input and one output; its shapes while shapes are inferred. */
  Tensor apply(const Layer &layer, const Tensor &input) const {
    return std::move(apply(layer, {input}, 1).front());
  }
  std::vector<Tensor> apply(const Layer &layer, std::initializer_list<Tensor> inputs,
                            uint64_t n_outputs) const {
    std::vector<ri_tensor *> in, out(n_outputs);
    for (const Tensor &each : inputs) in.push_back(each.raw());
    std::vector<Tensor> outputs;
    outputs.reserve(n_outputs);
    check(host_->layer_apply(raw_, layer.raw(), in.data(), in.size(), out.data(), n_outputs));
    for (ri_tensor *each : out) outputs.push_back(Tensor::adopting(host_, each));
    return outputs;
  }
  /* What a layer is, of whatever plugin, and one of its children; RI_INVALID from n_children on. */
  LayerFacts layer_info(const Layer &layer) const {
    ri_layer_info out{};
    out.struct_size = sizeof out;
    check(host_->layer_info(raw_, layer.raw(), &out));
    return {plugin::view(out.type), plugin::view(out.text), out.n_children};
  }
  inline Child layer_child(const Layer &layer, uint64_t index) const;
  /* A table of newer or tried functions, by name and exact version; null where the host has none.
   * service<ri_draft_blas>(...) */
  template <class Table> const Table *service(std::string_view name, uint32_t version) const noexcept {
    return static_cast<const Table *>(host_->service(host_, str(name), version));
  }

 protected:
  View view_of(ri_tensor *tensor) const {
    if (!tensor) throw Error(RI_INVALID, "a tensor is absent");
    ri_view out{};
    out.struct_size = sizeof out;
    check(host_->tensor_view(raw_, tensor, &out));
    return View(out);
  }
  template <class T> Elements<T> elements_of(ri_tensor *tensor, std::string_view what) const {
    if (!tensor) throw Error(RI_INVALID, what, " is absent");
    ri_view out{};
    out.struct_size = sizeof out;
    const ri_status status = host_->tensor_view_as(raw_, tensor, dtype_of<T>, &out);
    if (status == RI_DTYPE) throw Error(status, what, ": expected floating-point numbers");
    check(status);
    if (!out.data && out.count > 0 && !without_data_) throw Error(RI_INVALID, what, " has no values yet");
    return Elements<T>(out);
  }
  /* Whether tensors have no data in this call. */
  bool without_data() const noexcept { return without_data_; }

 private:
  Tensor made(ri_dtype dtype, Shape shape, const void *data) const {
    ri_tensor *out = nullptr;
    check(host_->tensor_new(raw_, dtype, shape.rank(), shape.data(), data, &out));
    return Tensor::adopting(host_, out);
  }
  const ri_host *host_;
  ri_call *raw_;
  bool without_data_;
};

} // namespace v1
} // namespace reinit::plugin

#endif
