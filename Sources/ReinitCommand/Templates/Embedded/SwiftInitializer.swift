// swift-format-ignore-file
// Written by Scripts/templates from Plugins/Examples/swift-initializer: edit that, and run the script again.

extension PluginTemplate {
  static let swiftInitializer: [File] = [
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

An initializer for Reinit in Swift: `my_plugin(gain: 1)`, normal values with a standard deviation of gain / √fan_in.

    make                    # builds build/my_plugin.so
    make check              # tests it: reinit plugin test build/my_plugin.so; TIER=5 asks for everything

Reinit is found with `pkg-config`, or where `REINIT_PREFIX` says: `make REINIT_PREFIX=$HOME/.local`. Swift 6.3 or newer
and binutils (`objcopy`) are needed.

    reinit apply model.safetensors --plugin build/my_plugin.so \
      --fill 'Dense=my_plugin(gain: 1.4)' --seed 1 -o out.safetensors

`Sources/my_plugin.swift` is all there is. `deviation` and `fill` are the initializer; what stands above them says what
users may set. Change the id `org.example.my-plugin` to one of your own, there and in `manifest.json`, and add 1 to
`version` whenever the numbers change. The module's name, in `Package.swift` and `manifest.json`, must be one that no
other plugin has. `.github/workflows/ci.yml` builds and tests it on GitHub.

"""#),
    File(path: "Sources/my_plugin.swift", text: #"""
import CReinit
import PluginKit

/// Normal values whose standard deviation follows the fan-in.
struct ScaledNormal: PluginInitializer {
  static let name = "my_plugin"
  static let summary = "normal with std = gain/√fan_in"
  static let formula = "w ~ N(0, σ²), σ = gain / √fan_in"
  static let reference = "LeCun et al., Efficient BackProp, 1998"
  static let options: InitializerOptions = .needsFans
  static let parameters = [
    Parameter.real("gain", default: 1, in: .atLeast(0), "factor of the standard deviation")
  ]

  let gain: Double

  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func deviation(_ tensor: Fill) -> Double { gain / tensor.fanIn.squareRoot() }

  /// Writes elements `offset ..< offset + count`.
  ///
  /// Each depends on its index alone, so that any partition has the same bits.
  func fill(_ range: Fill) { range.normal(std: deviation(range)) }

  /// Says what `fill` draws from, so that the values can be held against it.
  func distribution(of tensor: Fill) -> Distribution { .normal(std: deviation(tensor)) }
}

/// The one function that is exported.
@c @implementation
public func ri_plugin_entry_v1(
  _ host: UnsafePointer<ri_host>?, _ me: UnsafeMutablePointer<ri_plugin>?, _ call: OpaquePointer?
) -> ri_status {
  Plugin.register(
    host, me, call, id: "org.example.my-plugin", version: "1.0.0", license: "MIT", summary: "an initializer"
  ) { $0.add(ScaledNormal.self) }
}

"""#),
    File(path: "manifest.json", text: #"""
{
  "reinit": 1,
  "id": "org.example.my-plugin",
  "version": "1.0.0",
  "license": "MIT",
  "summary": "an initializer",
  "module": "MyPlugin",
  "initializers": ["my_plugin"],
  "layers": []
}

"""#),
  ]
}
