// swift-tools-version: 6.2
import PackageDescription

let swift: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]
/// Optimized in debug builds too: loops over elements are a hundred times slower without.
///
/// Packages may depend on others with such flags, by version too, from the package manager of Swift 6.2 on.
let numeric: [SwiftSetting] = swift + [.unsafeFlags(["-O"])]

/// Which headers of oneDNN are built with: the system's, where there are any; those in `include` of the folder that
/// `REINIT_ONEDNN` names; for `none` there are none.
let oneDNN: [CSetting] =
  switch Context.environment["REINIT_ONEDNN"] {
  case nil, "": []
  case "none": [.define("RD_NO_DNNL")]
  case let folder?: [.unsafeFlags(["-I\(folder)/include"])]
  }

/// The library for other programs gives away nothing but its own names, and the one that programs are linked with.
let exports = [
  "-Xlinker", "--version-script=\(Context.packageDirectory)/Sources/LibraryEntry/exports.map", "-Xlinker",
  "-soname=libreinit.so.0",
]

/// What `ReinitCore` exports.
let core: [Target.Dependency] = [
  "Reinitialization", "Inference", "Models", "Layers", "Initializers", "LayerVocabulary", "CallText", "Functors",
  "Tensors",
]

/// What `Reinit` exports.
///
/// Who uses it names these as well: a change of theirs must reach it in builds that go on from earlier ones.
let library: [Target.Dependency] =
  [
    "Reinit", "ReinitCore", "PluginHost", "Checkpoints", "Architectures", "LayerRecognition", "Formats", "Files",
    "ModelDocuments",
  ] + core

let package = Package(
  name: "reinit",
  products: [
    // Models in memory: no library of the system is needed.
    .library(name: "ReinitCore", targets: ["ReinitCore"]),
    // All of it: checkpoints, model files, plugins.
    .library(name: "Reinit", targets: ["Reinit"]),
    .library(name: "PluginHarness", targets: ["PluginHarness"]),
    .library(name: "reinit-harness", type: .dynamic, targets: ["HarnessEntry"]),
    // The library for other programs; Scripts/install calls it libreinit.
    .library(name: "reinit-library", type: .dynamic, targets: ["LibraryEntry"]),
    .executable(name: "reinit", targets: ["reinit"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.5.0")
  ],
  targets: [
    // Values that know nothing of models.
    .target(name: "CCodePages"),
    .target(name: "Diagnostics", dependencies: ["CCodePages"], swiftSettings: swift),
    .target(name: "JSONText", dependencies: ["Diagnostics"], swiftSettings: numeric),
    .target(name: "CGuard"),
    .target(name: "CKernels", cSettings: [.unsafeFlags(["-O3", "-ffp-contract=off"])]),
    .systemLibrary(name: "CXXHash", pkgConfig: "libxxhash", providers: [.apt(["libxxhash-dev"])]),
    .target(name: "Tensors", dependencies: ["CKernels", "Diagnostics"], swiftSettings: numeric),

    // Trees of values, what initializes them, and the layers themselves.
    .target(name: "Functors", dependencies: ["Tensors", "Diagnostics"], swiftSettings: numeric),
    .target(name: "CallText", dependencies: ["Diagnostics"], swiftSettings: swift),
    .target(
      name: "LayerVocabulary", dependencies: ["CallText", "Functors", "Tensors", "JSONText", "Diagnostics"],
      swiftSettings: numeric),
    .target(name: "LinearAlgebra", dependencies: ["Tensors", "CKernels", "Diagnostics"], swiftSettings: numeric),
    .target(
      name: "Initializers",
      dependencies: ["LayerVocabulary", "LinearAlgebra", "CallText", "Functors", "Tensors", "CKernels", "Diagnostics"],
      swiftSettings: numeric),
    .target(
      name: "Layers",
      dependencies: ["Initializers", "LayerVocabulary", "CallText", "Functors", "Tensors", "Diagnostics"],
      swiftSettings: swift),
    .target(
      name: "Models",
      dependencies: [
        "Inference", "Layers", "Initializers", "LayerVocabulary", "CallText", "Functors", "Tensors", "Diagnostics",
      ], swiftSettings: swift),

    .systemLibrary(name: "CYAML", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .target(
      name: "ModelDocuments",
      dependencies: [
        "Models", "Layers", "Initializers", "LayerVocabulary", "CallText", "Functors", "Diagnostics", "CYAML",
      ], swiftSettings: swift),

    // The product's verb, and the files it is applied to.
    .target(
      name: "Reinitialization",
      dependencies: [
        "Initializers", "LinearAlgebra", "LayerVocabulary", "CallText", "Functors", "Tensors", "JSONText",
        "Diagnostics",
      ], swiftSettings: swift),
    .target(name: "Files", dependencies: ["CGuard", "Diagnostics"], swiftSettings: numeric),
    .target(name: "Formats", dependencies: ["Files", "JSONText", "Diagnostics", "CXXHash"], swiftSettings: numeric),
    .target(
      name: "LayerRecognition",
      dependencies: [
        "Reinitialization", "Layers", "Initializers", "LayerVocabulary", "CallText", "Functors", "Tensors",
        "Diagnostics",
      ], swiftSettings: numeric),
    .target(name: "CNotes"),
    .target(
      name: "Architectures",
      dependencies: [
        "CNotes", "LayerRecognition", "Reinitialization", "Layers", "Initializers", "LayerVocabulary", "JSONText",
        "Diagnostics",
      ], swiftSettings: swift),
    .target(
      name: "Checkpoints",
      dependencies: [
        "Architectures", "Reinitialization", "LayerRecognition", "Formats", "Files", "Layers", "Initializers",
        "LayerVocabulary",
        "CallText", "LinearAlgebra", "Functors", "Tensors", "JSONText", "Diagnostics", "CGuard", "CXXHash",
      ], swiftSettings: numeric),

    // Several processes.
    .target(name: "CMPI", cSettings: [.unsafeFlags(["-O2"])]),
    .target(name: "Ranks", dependencies: ["CMPI", "Checkpoints", "Diagnostics"], swiftSettings: swift),

    // Layers that compute, and code that others compiled.
    .target(name: "COneDNN", cSettings: [.unsafeFlags(["-O2"])] + oneDNN),
    .target(
      name: "Inference",
      dependencies: [
        "COneDNN", "Layers", "Initializers", "LayerVocabulary", "LinearAlgebra", "CallText", "Functors", "Tensors",
        "Diagnostics",
      ],
      swiftSettings: numeric),
    .target(name: "CReinit", exclude: ["abi"]),
    .systemLibrary(name: "CFFI", pkgConfig: "libffi", providers: [.apt(["libffi-dev"])]),
    .target(
      name: "CPluginCalls", dependencies: ["CReinit", "CFFI", "CGuard"], cSettings: [.unsafeFlags(["-O2"])],
      cxxSettings: [.unsafeFlags(["-O2"])]),
    .target(
      name: "PluginHost",
      dependencies: [
        "CReinit", "CPluginCalls", "Inference", "Layers", "Reinitialization", "Initializers", "LayerVocabulary",
        "CallText", "Functors", "Tensors", "JSONText", "Diagnostics", "CXXHash",
      ], swiftSettings: numeric),
    .target(name: "PluginKit", dependencies: ["CReinit"], swiftSettings: numeric),
    .target(
      name: "PluginHarness",
      dependencies: [
        "PluginHost", "CReinit", "CPluginCalls", "Checkpoints", "Reinitialization", "Inference", "Layers",
        "Initializers", "LayerVocabulary", "CallText", "Functors", "Tensors", "JSONText", "Diagnostics",
      ], swiftSettings: numeric),
    .target(name: "CHarness"),
    .target(
      name: "HarnessEntry", dependencies: ["CHarness", "PluginHarness", "Diagnostics"], swiftSettings: swift),

    // What other programs call.
    .target(name: "CLibrary"),
    .target(
      name: "Host",
      dependencies: [
        "PluginHost", "Checkpoints", "Reinitialization", "LayerRecognition", "Layers", "Initializers",
        "LayerVocabulary", "CallText", "Functors", "Tensors", "JSONText", "Diagnostics",
      ], swiftSettings: swift),
    .target(
      name: "LibraryEntry", dependencies: ["CLibrary", "Host", "Tensors", "JSONText", "Diagnostics"],
      exclude: ["exports.map"], swiftSettings: swift,
      linkerSettings: [.unsafeFlags(exports)]),

    // What people touch.
    .target(name: "Presentation", dependencies: ["JSONText"], swiftSettings: swift),
    .target(
      name: "ReinitCore", dependencies: core + ["Diagnostics"], swiftSettings: swift),
    .target(
      name: "Reinit",
      dependencies: Array(library.dropFirst()), swiftSettings: swift),
    .target(name: "CTemplates"),
    .target(
      name: "ReinitCommand",
      dependencies: library + [
        "CTemplates", "LinearAlgebra", "PluginHarness", "Presentation", "Ranks", "JSONText", "Diagnostics",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], swiftSettings: swift),
    .executableTarget(name: "reinit", dependencies: ["ReinitCommand"], swiftSettings: swift),

    // What proves it, and what measures it.
    .target(
      name: "TestSupport",
      dependencies: [
        "Initializers", "LayerVocabulary", "LinearAlgebra", "CallText", "Functors", "Tensors", "Diagnostics",
      ], path: "Tests/Support",
      swiftSettings: numeric),
    .tests("JSONText", ["JSONText", "Diagnostics"]),
    .tests("Tensors", ["Tensors", "Diagnostics"]),
    .tests("Random", ["Tensors", "CKernels", "CXXHash"], exclude: ["Reference"]),
    .tests("Presentation", ["Presentation"], exclude: ["Golden"]),
    .tests("Functors", ["Functors", "Tensors", "Diagnostics"]),
    .tests(
      "Initializers",
      [
        "Initializers", "LayerVocabulary", "LinearAlgebra", "CallText", "Functors", "Tensors", "CKernels",
        "Diagnostics",
      ], exclude: ["Golden"]),
    .tests(
      "Layers",
      [
        "TestSupport", "Layers", "Reinitialization", "Initializers", "LayerVocabulary", "LinearAlgebra", "CallText",
        "Functors", "Tensors", "Diagnostics",
      ]),
    .tests("Models", ["Reinit", "LinearAlgebra", "JSONText"], exclude: ["Reference"]),
    .tests("LayerRecognition", ["TestSupport", "Reinit", "JSONText"], exclude: ["Reference", "Trees"]),
    .tests(
      "Architectures",
      [
        "Architectures", "Checkpoints", "Reinitialization", "LayerRecognition", "Layers", "Initializers",
        "LayerVocabulary", "CallText", "Functors", "Tensors", "JSONText", "Diagnostics",
      ], exclude: ["Reference"]),
    .tests("Selector", ["Reinit", "JSONText"], exclude: ["Reference", "Trees"]),
    .tests(
      "CheckpointFile",
      [
        "Checkpoints", "Tensors", "LayerRecognition", "Formats", "Files", "CGuard", "CXXHash", "JSONText",
        "Diagnostics",
      ]),
    .tests("Forms", ["Reinit", "Checkpoints", "Formats", "Files", "JSONText", "Diagnostics"]),
    .tests("Formats", ["Formats", "Files", "JSONText", "Diagnostics"], exclude: ["Reference"]),
    .tests("Tour", ["Reinit", "LinearAlgebra"]),
    .tests(
      "Reinitialization",
      ["Reinit", "Checkpoints", "LayerRecognition", "Formats", "Files", "LinearAlgebra", "JSONText"],
      exclude: ["Reference"]),
    .tests(
      "Forward",
      [
        "Inference", "Models", "Layers", "Reinitialization", "Initializers", "LayerVocabulary", "LinearAlgebra",
        "CallText",
        "Functors", "Tensors", "Diagnostics", "JSONText",
      ],
      exclude: ["Reference"]),
    .tests(
      "LayerRegistry",
      ["Layers", "Initializers", "LayerVocabulary", "LinearAlgebra", "CallText", "Functors", "Tensors", "Diagnostics"]),
    .tests("PluginFiles", ["PluginHost", "Diagnostics", "JSONText"]),
    .tests(
      "PluginCalls",
      [
        "PluginHost", "CPluginCalls", "CReinit", "CGuard", "Initializers", "LayerVocabulary", "LinearAlgebra",
        "CallText", "Diagnostics", "JSONText",
      ]),
    .tests("Plugins", ["Reinit", "CReinit", "Tensors", "JSONText"]),
    .tests("PluginRefusal", ["Reinit", "PluginHost", "Diagnostics", "JSONText", "reinit"]),
    .tests(
      "PluginHarness",
      [
        "PluginHarness", "PluginHost", "ReinitCommand", "Initializers", "LayerVocabulary", "LinearAlgebra", "CallText",
        "Tensors", "Diagnostics", "JSONText", "reinit",
      ],
      exclude: ["Golden"]),
    .tests("PluginCommand", ["ReinitCommand", "Reinit", "Diagnostics", "JSONText", "reinit"], exclude: ["Golden"]),
    .tests(
      "Command",
      [
        "ReinitCommand", "Reinit", "LinearAlgebra", "Diagnostics", "JSONText", "reinit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ], exclude: ["Golden"]),
    .executableTarget(
      name: "reinit-bench", dependencies: library + ["LinearAlgebra", "JSONText", "Presentation"],
      path: "Tests/Benchmarks",
      exclude: ["peers.py", "record.py"],
      swiftSettings: swift),
  ],
  swiftLanguageModes: [.v6]
)

extension Target {
  /// The tests of a concept, in the folder of that name.
  static func tests(_ name: String, _ dependencies: [Dependency], exclude: [String] = []) -> Target {
    .testTarget(
      name: name + "Tests", dependencies: dependencies, exclude: exclude,
      swiftSettings: [.enableUpcomingFeature("MemberImportVisibility"), .unsafeFlags(["-O"])])
  }
}
