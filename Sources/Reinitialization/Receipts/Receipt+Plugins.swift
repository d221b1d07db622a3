import CallText
import Diagnostics
import Initializers
import JSONText
import LayerVocabulary

/// The plugins of a receipt, numbered, so that an entry names its own by index.
struct PluginList {
  private(set) var stamps: [PluginStamp] = []

  /// The plugins of all entries, each once, in order.
  init(of receipt: Receipt) {
    for entry in receipt.entries {
      if let stamp = entry.entry.draw?.plugin, !stamps.contains(stamp) { stamps.append(stamp) }
    }
  }

  /// The list as it stands in a receipt.
  init(json: JSONValue?) throws(Diagnostic) {
    guard let plugins = (json ?? []).array else { throw Receipt.malformed("plugins", json, expected: "a list") }
    for plugin in plugins {
      guard let id = plugin["id"]?.string else {
        throw Receipt.malformed("plugins", plugin, expected: "an object with 'id', 'version' and 'build'")
      }
      stamps.append(
        PluginStamp(id: id, version: plugin["version"]?.string ?? "", build: plugin["build"]?.string ?? ""))
    }
  }

  var json: JSONValue {
    .array(stamps.map { ["id": .string($0.id), "version": .string($0.version), "build": .string($0.build)] })
  }

  func index(of stamp: PluginStamp) -> JSONValue { .integer(Int64(stamps.firstIndex(of: stamp) ?? 0)) }

  func stamp(_ index: JSONValue?, at name: String) throws(Diagnostic) -> PluginStamp? {
    guard let index else { return nil }
    guard let number = index.int, stamps.indices.contains(number) else {
      throw Receipt.malformed("plugin", index, expected: "an index in 'plugins'").at(name)
    }
    return stamps[number]
  }
}

extension ForeignDraw {
  /// What a plugin's code was told, besides the numbers.
  var json: JSONValue {
    var object: JSONObject = ["name": .string(name), "version": .integer(Int64(version))]
    if !isElementwise { object.append("whole", true) }
    if let part { object.append("part", .string(part)) }
    if let tolerance { object.append("tolerance", .string(HexFloat.text(of: tolerance))) }
    var values = JSONObject()
    for argument in arguments { values.append(argument.name, argument.value.json) }
    object.append("arguments", .object(values))
    return .object(object)
  }

  init(json: JSONValue, path: String) throws(Diagnostic) {
    guard let name = json["name"]?.string, let version = json["version"]?.int else {
      throw Receipt.malformed("foreign", json, expected: "an object with 'name' and 'version'").at(path)
    }
    var arguments: [InitializerArgument] = []
    for member in json["arguments"]?.object?.members ?? [] {
      arguments.append(InitializerArgument(member.key, try ArgumentValue(json: member.value, at: path)))
    }
    self.init(
      name: name, version: version, path: path, arguments: arguments, isElementwise: json["whole"]?.bool != true,
      tolerance: json["tolerance"]?.string.flatMap(Double.init))
    part = json["part"]?.string
  }
}

extension ArgumentValue {
  /// Numbers as hexadecimal floats, so that no bit is lost; words as objects, which numbers never are.
  package var json: JSONValue {
    switch self {
    case .number(let number): .string(HexFloat.text(of: number))
    case .word(let word): ["word": .string(word)]
    case .list(let numbers): .array(numbers.map { .string(HexFloat.text(of: $0)) })
    }
  }

  package init(json: JSONValue, at path: String) throws(Diagnostic) {
    if let word = json["word"]?.string {
      self = .word(word)
    } else if let number = json.string.flatMap(Double.init) {
      self = .number(number)
    } else if let items = json.array?.map({ $0.string.flatMap(Double.init) }), !items.contains(nil) {
      self = .list(items.compactMap { $0 })
    } else {
      throw Receipt.malformed("arguments", json, expected: "hexadecimal floats and words").at(path)
    }
  }
}
