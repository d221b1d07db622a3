// swift-format-ignore-file
// Written by Scripts/templates from Plugins/Examples/swift-layer: edit that, and run the script again.

extension PluginTemplate {
  static let swiftLayer: [File] = [
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
      - run: apt-get update && apt-get install -y make binutils
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
.build/
Package.resolved

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
SWIFT ?= swift
OBJCOPY ?= $(firstword $(shell command -v llvm-objcopy objcopy))
export REINIT_PREFIX

# The entry is the only symbol that is exported, and nothing may stay unresolved. The compiler's own linker is used, as
# others leave traces of the kit among the exported symbols.
LINK := -Xswiftc -use-ld=lld -Xlinker --version-script=$(abspath $(BUILD))/exports.map \
  -Xlinker -z -Xlinker defs -Xlinker -z -Xlinker now -Xlinker -lm

KIT := $(REINIT_PREFIX)/share/reinit/swift/Sources
KIT_FILES := $(wildcard $(KIT)/CReinit/include/reinit/*.h $(KIT)/PluginKit/*/*.swift)

# The runtime is found where the compiler has it (RUNPATH), unless the process has it already. The manifest becomes a
# section of the file, which is read without loading it.
$(BUILD)/$(NAME).so: $(wildcard Sources/*.swift) Package.swift manifest.json Makefile $(KIT_FILES) | prefix
	@mkdir -p $(BUILD)
	@echo '{ global: ri_plugin_entry_v1; local: *; };' > $(BUILD)/exports.map
	$(SWIFT) build -c release --scratch-path $(BUILD)/swift --product $(NAME) $(LINK)
	$(OBJCOPY) --add-section .reinit.manifest=manifest.json --set-section-flags .reinit.manifest=noload,readonly \
	  $(BUILD)/swift/release/lib$(NAME).so $@

check: $(BUILD)/$(NAME).so
	@test -n "$(REINIT)" || { echo "reinit was not found: set REINIT_PREFIX, or put it on PATH" >&2; exit 1; }
	$(REINIT) plugin test --tier $(TIER) $<

prefix:
	@test -f "$(REINIT_PREFIX)/share/reinit/swift/Package.swift" || { echo "Reinit's Swift kit was not found: run" \
	  "Scripts/install --prefix DIR in Reinit's sources, then make REINIT_PREFIX=DIR" >&2; exit 1; }

clean:
	rm -rf $(BUILD)

.PHONY: check clean prefix

"""#),
    File(path: "Package.swift", text: #"""
// swift-tools-version: 6.2
import PackageDescription

/// Where Reinit is installed; the Makefile says it.
let prefix = Context.environment["REINIT_PREFIX"] ?? "/usr/local"

let package = Package(
  name: "my-plugin",
  products: [.library(name: "my_plugin", type: .dynamic, targets: ["MyPlugin"])],
  dependencies: [.package(name: "reinit-plugin-kit", path: prefix + "/share/reinit/swift")],
  targets: [
    // The module's name must be one that no other plugin has.
    .target(
      name: "MyPlugin", dependencies: [.product(name: "PluginKit", package: "reinit-plugin-kit")],
      path: "Sources")
  ],
  swiftLanguageModes: [.v6]
)

"""#),
    File(path: "README.md", text: #"""
# my-plugin

A layer for Reinit in Swift: `MyPlugin(size, bias: true)`, a gated residual

    y = x + weight ∘ inner(x) + bias

over the last axis, which has `size` elements. `inner` is the layer that is nested in it, or nothing: then
y = x + weight ∘ x + bias.

    make                    # builds build/my_plugin.so
    make check              # tests it: reinit plugin test build/my_plugin.so; TIER=5 asks for everything

Reinit is found with `pkg-config`, or where `REINIT_PREFIX` says: `make REINIT_PREFIX=$HOME/.local`. Swift 6.3 or newer
and binutils (`objcopy`) are needed.

`Sources/my_plugin.swift` is all there is, in the order of a layer's life: made (`init`), asked for its `children`, made
again with others (`replacing`), run (`forward`). A layer is a value and never changes. Rules reach the children by name
and role: `MyPlugin.weight`, `MyPlugin Dense.weight`, `@bias`.

Change the id `org.example.my-plugin` to one of your own, there and in `manifest.json`. The module's name, in
`Package.swift` and `manifest.json`, must be one that no other plugin has. `.github/workflows/ci.yml` builds and tests it
on GitHub.

"""#),
    File(path: "Sources/my_plugin.swift", text: #"""
import CReinit
import PluginKit

/// A gated residual over the last axis: `y = x + weight ∘ inner(x) + bias`.
struct GatedResidual: ForwardLayer {
  static let name = "MyPlugin"
  static let summary = "gated residual: y = x + weight ∘ inner(x) + bias"
  static let parameters = [
    Parameter.int("size", in: .atLeast(1), "elements of the last axis"),
    Parameter.bool("bias", default: true, "whether there is a bias"),
  ]
  static let nestedLayers = 0...1

  let size: Int
  var weight: TensorHandle
  var bias: TensorHandle?
  /// Nothing: the identity.
  var inner: LayerHandle?
}

// MARK: - A layer, from birth to death

extension GatedResidual {
  init(_ build: Build) throws(PluginError) {
    size = try build.arguments.int("size")
    weight = try build.call.tensor([size])
    bias = try build.arguments.bool("bias") ? build.call.tensor([size]) : nil
    inner = build.layers.first
  }

  var children: [Child] {
    let tensors: [Child] = [
      .tensor("weight", weight, .scale, fresh: "constant(0.1)"),
      .tensor("bias", bias, .bias),
    ]
    return inner.map { tensors + [.layer("inner", $0)] } ?? tensors
  }

  func replacing(_ parts: Parts) throws(PluginError) -> GatedResidual {
    var copy = self
    copy.weight = try parts.tensor("weight", shape: [size])
    copy.bias = try parts.optionalTensor("bias", shape: [size])
    if inner != nil { copy.inner = try parts.layer("inner") }
    return copy
  }

  var overrides: [String: Argument] { ["bias": .bool(bias != nil)] }
}

// MARK: - The forward pass

extension GatedResidual {
  /// The output has the input's shape; there is no memory behind either.
  func infer(_ pass: Pass) throws(PluginError) {
    try pass.output(0, shape: appliedInner(pass, checkedInput(pass)).shape)
  }

  func forward(_ pass: Pass) throws(PluginError) {
    let x = try checkedInput(pass)
    let gated = try appliedInner(pass, x)
    try add(
      pass.floats(0), gated: pass.call.floats(of: gated.tensor, "what the nested layer gives"),
      to: pass.output(0, shape: x.shape), pass.call)
  }

  /// inner(x); its shape alone while shapes are inferred.
  private func appliedInner(_ pass: Pass, _ x: TensorView) throws(PluginError) -> TensorView {
    guard let inner else { return x }
    let gated = try pass.call.view(pass.apply(inner, x.tensor))
    try gated.require(shape: x.shape, "what the nested layer gives")
    return gated
  }

  private func checkedInput(_ pass: Pass) throws(PluginError) -> TensorView {
    let x = try pass.input(0)
    try x.require(.f32)
    try x.require(lastAxis: size)
    return x
  }

  private func add(
    _ x: UnsafeBufferPointer<Float>, gated: UnsafeBufferPointer<Float>,
    to y: UnsafeMutableBufferPointer<Float>, _ call: Call
  ) throws(PluginError) {
    let w = try call.floats(of: weight, "weight")
    var b: UnsafeBufferPointer<Float>?
    if let bias { b = try call.floats(of: bias, "bias") }
    for i in y.indices {
      let sum = x[i] + w[i % size] * gated[i]
      y[i] = b.map { sum + $0[i % size] } ?? sum
    }
  }
}

/// The one function that is exported.
@c @implementation
public func ri_plugin_entry_v1(
  _ host: UnsafePointer<ri_host>?, _ me: UnsafeMutablePointer<ri_plugin>?, _ call: OpaquePointer?
) -> ri_status {
  Plugin.register(
    host, me, call, id: "org.example.my-plugin", version: "1.0.0", license: "MIT", summary: "a layer"
  ) { $0.add(GatedResidual.self) }
}

"""#),
    File(path: "manifest.json", text: #"""
{
  "reinit": 1,
  "id": "org.example.my-plugin",
  "version": "1.0.0",
  "license": "MIT",
  "summary": "a layer",
  "module": "MyPlugin",
  "initializers": [],
  "layers": ["MyPlugin"]
}

"""#),
  ]
}
