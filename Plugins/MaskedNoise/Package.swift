// swift-tools-version: 6.2
import PackageDescription

/// Where Reinit is installed; the Makefile says it.
let prefix = Context.environment["REINIT_PREFIX"] ?? "/usr/local"

let package = Package(
  name: "reinit-masked-noise",
  products: [.library(name: "masked_noise", type: .dynamic, targets: ["MaskedNoise"])],
  dependencies: [.package(name: "reinit-plugin-kit", path: prefix + "/share/reinit/swift")],
  targets: [
    // The module's name must be one that no other plugin has.
    .target(
      name: "MaskedNoise", dependencies: [.product(name: "PluginKit", package: "reinit-plugin-kit")],
      path: "Sources")
  ],
  swiftLanguageModes: [.v6]
)
