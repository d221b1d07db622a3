// swift-tools-version: 6.2
import PackageDescription

/// Where Reinit is installed; the Makefile says it.
let prefix = Context.environment["REINIT_PREFIX"] ?? "/usr/local"

let package = Package(
  name: "reinit-mup",
  products: [.library(name: "mup", type: .dynamic, targets: ["MuPPlugin"])],
  dependencies: [.package(name: "reinit-plugin-kit", path: prefix + "/share/reinit/swift")],
  targets: [
    // The module's name must be one that no other plugin has.
    .target(
      name: "MuPPlugin", dependencies: [.product(name: "PluginKit", package: "reinit-plugin-kit")],
      path: "Sources")
  ],
  swiftLanguageModes: [.v6]
)
