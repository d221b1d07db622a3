import CallText
import Diagnostics
import Initializers
import JSONText
import Reinitialization

/// A description as it comes from the process that looked at a plugin, and as the scan cache keeps it.
extension PluginDescription {
  /// The description as an object.
  public var json: JSONValue {
    var object: JSONObject = [
      "id": .string(id), "version": .string(version), "license": .string(license), "summary": .string(summary),
      "build": .string(build), "abi": [.integer(Int64(abi.major)), .integer(Int64(abi.minor))],
    ]
    if required != PluginRequirements() { object.append("requires", required.json) }
    object.append("initializers", .array(initializers.map(\.json)))
    object.append("layers", .array(layers.map(\.json)))
    return .object(object)
  }

  /// A description from its JSON.
  /// - Throws: ``Diagnostics/ErrorCode/jsonShape``.
  package init(json: JSONValue) throws(Diagnostic) {
    self.init(
      id: try json.text("id"), version: try json.text("version"), license: try json.text("license"),
      summary: try json.text("summary"), build: try json.text("build"),
      abi: (json["abi"]?[0]?.int ?? 0, json["abi"]?[1]?.int ?? 0))
    if let required = json["requires"] { self.required = PluginRequirements(json: required) }
    for item in try json.require("initializers", "a list", \.array) {
      initializers.append(try InitializerDescription(json: item))
    }
    for item in try json.require("layers", "a list", \.array) { layers.append(try LayerDescription(json: item)) }
  }
}

extension InitializerDescription {
  var json: JSONValue {
    var object: JSONObject = [
      "name": .string(name), "summary": .string(summary), "formula": .string(formula),
      "reference": .string(reference), "version": .integer(Int64(version)), "form": .string(form.rawValue),
      "needs_fans": .bool(needsFans), "exclusive": .bool(isExclusive), "every_role": .bool(reachesEveryRole),
      "dtypes": .integer(Int64(dtypes)), "tolerance": .number(tolerance),
    ]
    if givesNonFinite { object.append("non_finite", true) }
    if let prototype { object.append("prototype", .string(prototype)) }
    object.append("parameters", .array(parameters.map(\.json)))
    if !sources.isEmpty { object.append("sources", .array(sources.map(\.json))) }
    return .object(object)
  }

  init(json: JSONValue) throws(Diagnostic) {
    self.init(
      name: try json.text("name"), summary: try json.text("summary"), formula: try json.text("formula"),
      reference: try json.text("reference"), version: try json.number("version"),
      form: try json.require("form", "a form", { $0.string.flatMap(Form.init(rawValue:)) }),
      needsFans: try json.flag("needs_fans"), isExclusive: try json.flag("exclusive"),
      reachesEveryRole: try json.flag("every_role"), givesNonFinite: json["non_finite"]?.bool ?? false,
      dtypes: UInt32(clamping: try json.number("dtypes")),
      tolerance: try json.require("tolerance", "a number", \.double), prototype: json["prototype"]?.string,
      parameters: try json.parameters())
    for source in json["sources"]?.array ?? [] { sources.append(try SourceDescription(json: source)) }
  }
}

extension LayerDescription {
  var json: JSONValue {
    [
      "name": .string(name), "summary": .string(summary), "reference": .string(reference),
      "version": .integer(Int64(version)), "inputs": .range(inputs), "outputs": .integer(Int64(outputs)),
      "nested": .range(nested), "exclusive": .bool(isExclusive),
      "abilities": .array(abilities.map { .string($0) }), "parameters": .array(parameters.map(\.json)),
    ]
  }

  init(json: JSONValue) throws(Diagnostic) {
    self.init(
      name: try json.text("name"), summary: try json.text("summary"), reference: try json.text("reference"),
      version: try json.number("version"), inputs: try json.range("inputs"), outputs: try json.number("outputs"),
      nested: try json.range("nested"), isExclusive: try json.flag("exclusive"),
      abilities: try json.require("abilities", "a list", \.array).compactMap(\.string),
      parameters: try json.parameters())
  }
}

extension PluginParameter {
  var json: JSONValue {
    var object: JSONObject = [
      "name": .string(name), "summary": .string(summary), "kind": .string(kind.rawValue),
      "default": defaultValue?.json ?? .null,
    ]
    if let minimum { object.append("min", minimum.json) }
    if let maximum { object.append("max", maximum.json) }
    if !choices.isEmpty { object.append("choices", .array(choices.map { .string($0) })) }
    if mayHaveNoEffect { object.append("may_have_no_effect", true) }
    if takesNonFinite { object.append("non_finite", true) }
    return .object(object)
  }

  init(json: JSONValue) throws(Diagnostic) {
    let value = try json.require("default", "a value", { $0 })
    self.init(
      name: try json.text("name"), summary: try json.text("summary"),
      kind: try json.require("kind", "a kind", { $0.string.flatMap(Kind.init(rawValue:)) }),
      defaultValue: value.isNull ? nil : try ArgumentValue(json: value, at: "default"),
      minimum: json["min"].flatMap(Bound.init), maximum: json["max"].flatMap(Bound.init),
      choices: (json["choices"]?.array ?? []).compactMap(\.string),
      mayHaveNoEffect: json["may_have_no_effect"]?.bool ?? false, takesNonFinite: json["non_finite"]?.bool ?? false)
  }
}

extension PluginParameter.Bound {
  var json: JSONValue { [.number(value), .bool(isOpen)] }

  init?(json: JSONValue) {
    guard let value = json[0]?.double else { return nil }
    self.init(value, isOpen: json[1]?.bool ?? false)
  }
}

extension JSONValue {
  static func range(_ range: ClosedRange<Int>) -> JSONValue {
    [.integer(Int64(range.lowerBound)), .integer(Int64(range.upperBound))]
  }

  fileprivate func text(_ key: String) throws(Diagnostic) -> String { try require(key, "a string", \.string) }
  fileprivate func number(_ key: String) throws(Diagnostic) -> Int { try require(key, "an integer", \.int) }
  fileprivate func flag(_ key: String) throws(Diagnostic) -> Bool { try require(key, "true or false", \.bool) }

  fileprivate func range(_ key: String) throws(Diagnostic) -> ClosedRange<Int> {
    try require(key, "two integers") { value in
      guard let low = value[0]?.int, let high = value[1]?.int, low <= high else { return nil }
      return low...high
    }
  }

  fileprivate func parameters() throws(Diagnostic) -> [PluginParameter] {
    var result: [PluginParameter] = []
    for item in try require("parameters", "a list", \.array) { result.append(try PluginParameter(json: item)) }
    return result
  }
}
