import Foundation
import Reinit
import Testing

/// The plugins of this repository, built once by Scripts/plugins.
enum Fixtures {
  static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// The folder of shared objects.
  static let folder: String = {
    if let folder = ProcessInfo.processInfo.environment["REINIT_TEST_PLUGINS"] { return folder }
    let build = Process()
    build.executableURL = root.appendingPathComponent("Scripts/plugins")
    build.arguments = ["--built"]
    try? build.run()
    build.waitUntilExit()
    return root.appendingPathComponent(".build/plugins/lib").path
  }()

  /// The file of a plugin, such as `c-layer`.
  static func file(_ name: String) -> String { "\(folder)/\(name).so" }

  /// A catalog of those plugins alone, loaded here.
  static func catalog(_ names: [String], shape: HostShape = .current) throws -> PluginCatalog {
    try PluginCatalog(
      PluginOptions(
        named: names.map(file), searchesFolders: false, scanner: nil, usesCache: false, shape: shape))
  }

  static let languages = ["c", "cxx", "rust", "swift"]
  static let initializerPlugins = languages.map { "\($0)-initializer" }
  static let layerPlugins = languages.map { "\($0)-layer" }

  /// `org.example.c-layer/CLayer`.
  static func layerName(_ language: String) -> String {
    "org.example.\(language)-layer/\(language.capitalized)Layer"
  }

  /// `org.example.c-initializer/c_initializer`.
  static func initializerName(_ language: String) -> String {
    "org.example.\(language)-initializer/\(language)_initializer"
  }

  /// A new folder, removed with the process.
  static func temporaryFolder() throws -> String {
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("reinit-plugins-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    return folder.path
  }
}

/// A rule as it is typed.
func rule(_ text: String, _ registry: InitializerRegistry = .standard) throws -> Rule {
  try Rule(RuleText(.fill(text)), registry: registry)
}
