import JSONText
import Presentation
import Reinit

/// What `plugin seal` prints.
struct PluginSealReport {
  let path: String
  let sealed: PluginSeal

  func lines(_ console: Console) -> [String] {
    let plugin = sealed.description
    let done = sealed.isChanged ? "Sealed" : "Sealed already:"
    return [
      console.style(
        "\(Text(done)) \(path, .total): \(Text(plugin.id), .initializer) \(plugin.version), \(PluginWords.offers(plugin))"
      )
    ]
  }

  /// Schema `reinit.plugin-seal/1`.
  var json: JSONValue {
    [
      "schema": "reinit.plugin-seal/1", "file": .string(path), "changed": .bool(sealed.isChanged),
      "digest": .string(sealed.digest), "manifest": sealed.manifest,
    ]
  }
}
