// swift-format-ignore-file
// Written by Scripts/templates from Plugins/Examples/cxx-layer: edit that, and run the script again.

extension PluginTemplate {
  static let cxxLayer: [File] = [
    File(path: ".github/workflows/ci.yml", text: #"""
# Expects Reinit's sources in the repository that the variable REINIT_REPOSITORY names: "owner/name".
name: ci
on: [push, pull_request]
jobs:
  test:
    runs-on: ubuntu-latest
    container: swift:6.3
    steps:
      - uses: actions/checkout@v4
      - uses: actions/checkout@v4
        with:
          repository: ${{ vars.REINIT_REPOSITORY }}
          path: .reinit
      - run: apt-get update && apt-get install -y make g++
      - run: .reinit/Scripts/install --prefix "$PWD/.prefix"
      - run: make REINIT_PREFIX="$PWD/.prefix"
      - run: .prefix/bin/reinit plugin test build/my_plugin.so --tier 5
      - run: .prefix/bin/reinit plugin test build/my_plugin.so --tier 5 --format junit > junit.xml
        if: always()
      - uses: actions/upload-artifact@v4
        if: always()
        with:
          name: junit
          path: junit.xml

"""#),
    File(path: ".gitignore", text: #"""
build/

"""#),
    File(path: "Makefile", text: #"""
# make                                 builds build/my_plugin.so against the installed Reinit
# make check                           tests it: `reinit plugin test`; make check TIER=5 asks for everything
# make REINIT_PREFIX=DIR BUILD=DIR     another installation, another place for products
NAME := my_plugin
BUILD ?= build
REINIT_PREFIX ?= $(shell pkg-config --variable=prefix reinit 2>/dev/null)
REINIT ?= $(firstword $(wildcard $(REINIT_PREFIX)/bin/reinit) $(shell command -v reinit 2>/dev/null))
TIER ?= 3
CXXFLAGS ?= -O2 -Wall -Wextra

# The entry is the only symbol that is exported, none of the standard library's either, and nothing may stay
# unresolved. Never -ffast-math: linking with it changes the arithmetic of the whole process.
ABI := -std=c++20 -fPIC -fvisibility=hidden -ffp-contract=off
LINK = -shared -Wl,-z,now -Wl,-z,defs -Wl,--version-script=$(BUILD)/exports.map

KIT := $(REINIT_PREFIX)/include/reinit
HEADERS := $(wildcard $(KIT)/*.h $(KIT)/*.hpp $(KIT)/cxx/*.hpp)

$(BUILD)/$(NAME).so: $(wildcard *.cpp *.hpp) $(HEADERS) Makefile | prefix
	@mkdir -p $(BUILD)
	@echo '{ global: ri_plugin_entry_v1; local: *; };' > $(BUILD)/exports.map
	$(CXX) $(CXXFLAGS) $(ABI) -I$(REINIT_PREFIX)/include $(filter %.cpp,$^) $(LDFLAGS) $(LINK) -o $@

check: $(BUILD)/$(NAME).so
	@test -n "$(REINIT)" || { echo "reinit was not found: set REINIT_PREFIX, or put it on PATH" >&2; exit 1; }
	$(REINIT) plugin test --tier $(TIER) $<

prefix:
	@test -f "$(REINIT_PREFIX)/include/reinit/plugin.hpp" || { echo "Reinit's headers were not found: run" \
	  "Scripts/install --prefix DIR in Reinit's sources, then make REINIT_PREFIX=DIR" >&2; exit 1; }

clean:
	rm -rf $(BUILD)

.PHONY: check clean prefix

"""#),
    File(path: "README.md", text: #"""
# my-plugin

A layer for Reinit in C++20: `MyPlugin(size, bias: true)`, a gated residual

    y = x + weight ∘ inner(x) + bias

over the last axis, which has `size` elements. `inner` is the layer that is nested in it, or nothing: then y = x + weight ∘ x + bias.

    make                    # builds build/my_plugin.so
    make check              # tests it: reinit plugin test build/my_plugin.so; TIER=5 asks for everything

Reinit is found with `pkg-config`, or where `REINIT_PREFIX` says: `make REINIT_PREFIX=$HOME/.local`.

`my_plugin.cpp` is all there is, in the order of a layer's life: made (`create`, after its parameters are set), asked
for its `children`, made again with other ones (`rebuilt`), run (`forward`). An instance never changes once it is made.
Rules reach the children by name and role: `MyPlugin.weight`, `MyPlugin Dense.weight`, `@bias`.

Change the id `org.example.my-plugin` to one of your own. `.github/workflows/ci.yml` builds and tests it on GitHub.

"""#),
    File(path: "my_plugin.cpp", text: #"""
/* MyPlugin: a gated residual, y = x + weight ∘ inner(x) + bias over the last axis. */
#include <reinit/plugin.hpp>

namespace ri = reinit::plugin;

/* An instance never changes once it is made. */
struct MyPlugin {
  int64_t size = 0;
  bool has_bias = true;
  ri::Tensor weight, bias; /* bias: empty where absent */
  ri::Layer inner;         /* empty: the identity */

  void create(const ri::Build &build) {
    weight = build.tensor({size});
    if (has_bias) bias = build.tensor({size});
    if (build.nested_count() > 0) inner = build.nested(0);
  }

  ri::Children children() const {
    ri::Children all{ri::scale("weight", weight, "constant(0.1)"), ri::bias("bias", bias)};
    if (inner) all.push_back(ri::sublayer("inner", inner));
    return all;
  }

  /* The same layer with other children; refuses those that do not fit. */
  MyPlugin rebuilt(const ri::Rebuild &parts) const {
    MyPlugin next = *this;
    next.weight = parts.tensor("weight", {size});
    next.bias = parts.tensor_or_absent("bias", {size});
    next.has_bias = bool(next.bias);
    if (inner) next.inner = parts.layer("inner");
    return next;
  }

  /* One input [..., size], one output of the same shape. */
  void forward(const ri::Forward &pass) const {
    const ri::View input = checked(pass.input());
    const ri::Tensor gated = applied_inner(pass, input);
    const auto x = input.data<float>("the input"), z = pass.view(gated).data<float>("the nested layer's output");
    const auto w = pass.view(weight).data<float>("weight");
    const auto b = bias ? pass.view(bias).data<float>("bias") : std::span<const float>();
    const auto y = pass.output(input.shape());
    for (size_t i = 0; i < y.size(); i++) {
      const size_t j = i % w.size();
      const float sum = x[i] + w[j] * z[i];
      y[i] = b.empty() ? sum : sum + b[j];
    }
  }

  void infer(const ri::Forward &pass) const {
    const ri::View input = checked(pass.input());
    applied_inner(pass, input);
    pass.output(input.shape());
  }

  /* inner(x); its shape alone while shapes are inferred. */
  ri::Tensor applied_inner(const ri::Forward &pass, const ri::View &input) const {
    if (!inner) return pass.input_tensor();
    ri::Tensor result = pass.apply(inner, pass.input_tensor());
    if (const ri::Shape found = pass.view(result).shape(); found != input.shape())
      throw ri::Error(RI_SHAPE, "the nested layer must keep the shape: expected ", input.shape(), ", found ", found);
    return result;
  }

  ri::View checked(const ri::View &input) const {
    input.expect(RI_F32, "the input");
    const ri::Shape shape = input.shape();
    if (shape.empty() || shape.back() != size)
      throw ri::Error(RI_SHAPE, "the last axis does not fit: expected [..., ", size, "], found ", shape);
    return input;
  }

  static constexpr ri::LayerInfo about{
      .name = "MyPlugin", .summary = "gated residual: y = x + weight ∘ inner(x) + bias", .max_layers = 1};
  static constexpr auto parameters() {
    return std::tuple(ri::param("size", &MyPlugin::size, "elements of the last axis").required().min(1),
                      ri::param("bias", &MyPlugin::has_bias, "whether there is a bias"));
  }
};

REINIT_PLUGIN("org.example.my-plugin", "1.0.0", "MIT", "a layer", ri::layer<MyPlugin>());

"""#),
  ]
}
