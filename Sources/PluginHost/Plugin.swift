import Diagnostics
import Initializers
import LayerVocabulary
import Layers
import Synchronization

/// A plugin that has been found and looked at; its code is loaded when it is first needed.
public final class Plugin: Sendable {
  /// What it says of itself and offers.
  public let description: PluginDescription
  /// Its file.
  public let path: String
  /// The hash of the file's bytes, in hexadecimal digits.
  public let digest: String
  /// How it was found: `--plugin`, `REINIT_PLUGIN_PATH`, a folder.
  public let origin: String
  private let services: PluginServices
  private let shape: HostShape
  private let state: Mutex<Result<LoadedPlugin, Diagnostic>?>

  init(
    _ description: PluginDescription, path: String, digest: String, origin: String, services: PluginServices,
    shape: HostShape = .current, loaded: LoadedPlugin? = nil
  ) {
    self.description = description
    self.path = path
    self.digest = digest
    self.origin = origin
    self.services = services
    self.shape = shape
    state = Mutex(loaded.map { .success($0) })
  }

  /// What a receipt keeps of it.
  public var stamp: PluginStamp { description.stamp(digest: digest) }

  /// The plugin's code.
  /// - Throws: the codes of loading; ``Diagnostics/ErrorCode/pluginUnstable`` if it registers other things than before.
  package func loaded() throws(Diagnostic) -> LoadedPlugin {
    try state.withLock { state throws(Diagnostic) -> LoadedPlugin in
      if let state { return try state.get() }
      do throws(Diagnostic) {
        let loaded = try load()
        state = .success(loaded)
        return loaded
      } catch {
        state = .failure(error)
        throw error
      }
    }
  }

  private func load() throws(Diagnostic) -> LoadedPlugin {
    let file = try PluginFile.accepted(path)
    guard "\(file.digest)" == digest else { throw changed("the file has changed since it was looked at") }
    let loaded = try PluginLoader(file: file, services: services, shape: shape).load()
    guard loaded.description == description else {
      throw changed("'\(description.id)' registers other things than when it was first looked at")
    }
    return loaded
  }

  private func changed(_ message: String) -> Diagnostic {
    Diagnostic(.pluginUnstable, message, at: path, hints: ["reinit plugin list --rescan looks at it again"])
  }

  /// Whether its code is in the process.
  public var isLoaded: Bool { state.withLock { if case .success = $0 { true } else { false } } }
}
