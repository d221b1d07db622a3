import Diagnostics
import JSONText
import Reinit

/// Plugins as JSON.
///
/// Scripts depend on these keys, which are not those of the scan cache: that may change.
enum PluginJSON {
  /// What a plugin says of itself; what it registers is appended by ``append(_:to:)``.
  static func identity(_ plugin: PluginDescription) -> JSONObject {
    [
      "id": .string(plugin.id), "version": .string(plugin.version), "license": .string(plugin.license),
      "summary": .string(plugin.summary),
    ]
  }

  /// Appends `build`, `abi`, `initializers` and `layers`.
  static func append(_ plugin: PluginDescription, to object: inout JSONObject) {
    object.append("build", .string(plugin.build))
    object.append("abi", .string("\(plugin.abi.major).\(plugin.abi.minor)"))
    object.append("initializers", .array(plugin.initializers.map(initializer)))
    object.append("layers", .array(plugin.layers.map(layer)))
  }

  private static func initializer(_ item: InitializerDescription) -> JSONValue {
    [
      "name": .string(item.name), "summary": .string(item.summary), "formula": .string(item.formula),
      "reference": .string(item.reference), "version": .integer(Int64(item.version)),
      "form": .string(item.form.rawValue), "needsFans": .bool(item.needsFans),
      "everyRole": .bool(item.reachesEveryRole), "exclusive": .bool(item.isExclusive),
      "tolerance": .number(item.tolerance), "prototype": item.prototype.map { .string($0) } ?? .null,
      "parameters": .array(item.parameters.map(parameter)),
      "reads": .array(item.sources.map { .string($0.description) }),
    ]
  }

  private static func layer(_ item: LayerDescription) -> JSONValue {
    [
      "name": .string(item.name), "summary": .string(item.summary), "reference": .string(item.reference),
      "version": .integer(Int64(item.version)), "inputs": range(item.inputs),
      "outputs": .integer(Int64(item.outputs)), "nested": range(item.nested), "exclusive": .bool(item.isExclusive),
      "abilities": .array(item.abilities.map { .string($0) }), "parameters": .array(item.parameters.map(parameter)),
    ]
  }

  private static func range(_ range: ClosedRange<Int>) -> JSONValue {
    [.integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound))]
  }

  private static func parameter(_ item: PluginParameter) -> JSONValue {
    [
      "name": .string(item.name), "summary": .string(item.summary), "kind": .string(item.kind.rawValue),
      "required": .bool(item.defaultValue == nil),
      "default": item.defaultValue.map { value($0, item.kind) } ?? .null,
      "min": bound(item.minimum), "max": bound(item.maximum),
      "choices": .array(item.choices.map { .string($0) }),
    ]
  }

  /// A bound; one that is excluded itself is said to be open.
  private static func bound(_ bound: PluginParameter.Bound?) -> JSONValue {
    guard let bound else { return .null }
    return ["value": .number(bound.value), "open": .bool(bound.isOpen)]
  }

  private static func value(_ value: ArgumentValue, _ kind: PluginParameter.Kind) -> JSONValue {
    switch value {
    case .number(let value): number(value)
    case .word(let word): kind == .bool ? .bool(word == "true") : .string(word)
    case .list(let numbers): .array(numbers.map(number))
    }
  }

  private static func number(_ number: Double) -> JSONValue {
    Int64(exactly: number).map { .integer($0) } ?? .number(number)
  }

  /// The highest versions that a file needs of the system's libraries: `{"GLIBC": "2.34"}`.
  static func system(_ elf: ElfFile?) -> JSONValue {
    var object = JSONObject()
    for (library, version) in elf?.systemVersions ?? [] { object.append(library, .string(version)) }
    return .object(object)
  }

  /// What a manifest says, without the declarations of functions.
  static func manifest(_ manifest: PluginManifest) -> JSONValue {
    [
      "reinit": .integer(Int64(manifest.major)), "id": .string(manifest.id), "version": .string(manifest.version),
      "license": .string(manifest.license), "summary": .string(manifest.summary),
      "module": manifest.module.map { .string($0) } ?? .null,
      "initializers": .array(manifest.initializers.map { .string($0) }),
      "layers": .array(manifest.layers.map { .string($0) }),
    ]
  }
}
