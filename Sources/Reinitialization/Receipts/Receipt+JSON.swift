import Diagnostics
import Initializers
import JSONText
import LayerVocabulary
import Tensors

extension Receipt {
  /// The receipt as it stands in a file's metadata: the latest run at the top, older ones under `earlier`.
  public var json: JSONValue {
    let plugins = PluginList(of: self)
    let hasParts = runs.contains { $0.tensors.contains { $0.region != nil } }
    let version = hasParts ? Receipt.versionWithParts : Receipt.version
    var object: JSONObject = ["version": .integer(Int64(version))]
    if let latest = runs.first { Receipt.append(latest, plugins, to: &object) }
    object.append("plugins", plugins.json)
    if runs.count > 1 {
      object.append("earlier", .array(runs.dropFirst().map { Receipt.json(of: $0, plugins) }))
    }
    return .object(object)
  }

  private static func json(of run: Run, _ plugins: PluginList) -> JSONValue {
    var object = JSONObject()
    append(run, plugins, to: &object)
    return .object(object)
  }

  private static func append(_ run: Run, _ plugins: PluginList, to object: inout JSONObject) {
    object.append("seed", .string(String(run.seed)))
    object.append("rules", .array(run.rules.map { .string($0) }))
    object.append("tensors", .array(run.tensors.map { $0.json(plugins) }))
  }

  /// A receipt from its JSON.
  /// - Throws: ``Diagnostics/ErrorCode/receiptUnreadable`` if it is not one, or is of a later version.
  public init(json: JSONValue) throws(Diagnostic) {
    guard let version = json["version"]?.int, (Receipt.version...Receipt.versionWithParts).contains(version) else {
      throw Receipt.malformed(
        "version", json["version"], expected: "\(Receipt.version) or \(Receipt.versionWithParts)")
    }
    let plugins = try PluginList(json: json["plugins"])
    var runs = [try Receipt.run(json, plugins)]
    for earlier in try Receipt.optional("earlier", in: json, expected: "a list of runs", \.array) ?? [] {
      runs.append(try Receipt.run(earlier, plugins))
    }
    self.init(runs: runs)
  }

  private static func run(_ json: JSONValue, _ plugins: PluginList) throws(Diagnostic) -> Run {
    guard let seed = json["seed"]?.string.flatMap({ UInt64($0) }) else {
      throw malformed("seed", json["seed"], expected: "a decimal number in a string")
    }
    var entries: [Entry] = []
    for tensor in try list("tensors", in: json, of: "objects", { $0 }) {
      entries.append(try Entry(json: tensor, plugins))
    }
    return Run(seed: seed, rules: try list("rules", in: json, of: "strings", \.string), tensors: entries)
  }

  /// A list of which every element is what it should be: one that is left out would move those behind it.
  static func list<Element>(
    _ key: String, in json: JSONValue, of kind: String, _ element: (JSONValue) -> Element?
  ) throws(Diagnostic) -> [Element] {
    guard let values = json[key]?.array else { throw malformed(key, json[key], expected: "a list of \(kind)") }
    var elements: [Element] = []
    for value in values {
      guard let element = element(value) else { throw malformed(key, value, expected: "a list of \(kind)") }
      elements.append(element)
    }
    return elements
  }

  /// What need not be there, but is what it should be where it is.
  static func optional<Value>(
    _ key: String, in json: JSONValue, expected: String, _ value: (JSONValue) -> Value?
  ) throws(Diagnostic) -> Value? {
    guard let found = json[key] else { return nil }
    guard let value = value(found) else { throw malformed(key, found, expected: expected) }
    return value
  }

  static func malformed(_ key: String, _ found: JSONValue?, expected: String) -> Diagnostic {
    Diagnostic(
      .receiptUnreadable, "the receipt cannot be read: '\(key)' is not what it should be", expected: expected,
      found: found?.compact ?? "nothing")
  }
}

extension Receipt.Entry {
  /// The entry as a JSON object; numbers are hexadecimal floats, so that no bit is lost.
  func json(_ plugins: PluginList) -> JSONValue {
    var object: JSONObject = ["path": .string(name)]
    if let file { object.append("file", .string(file)) }
    if !copies.isEmpty { object.append("copies", .array(copies.map { .string($0) })) }
    object.append("rule", .integer(Int64(rule)))
    object.append("initializer", .string(initializer))
    object.append("method", .string(draw?.method.rawValue ?? "closure"))
    draw?.describe(in: &object)
    if let foreign = draw?.foreign { object.append("foreign", foreign.json) }
    if let draw, draw.reads { object.append("sources", .array(draw.sources.map(\.json))) }
    if let plugin = draw?.plugin { object.append("plugin", plugins.index(of: plugin)) }
    object.append("dtype", .string(dtype.rawValue))
    object.append("shape", .array(shape.map { .integer(Int64($0)) }))
    if let region { object.append("part", region.json) }
    if let hash { object.append("hash", .string("\(hash)")) }
    return .object(object)
  }

  init(json: JSONValue, _ plugins: PluginList) throws(Diagnostic) {
    guard let name = json["path"]?.string else {
      throw Receipt.malformed("path", json["path"], expected: "a string")
    }
    guard let dtype = json["dtype"]?.string.flatMap(DType.init(rawValue:)) else {
      throw Receipt.malformed("dtype", json["dtype"], expected: "the name of a type").at(name)
    }
    guard let shape = Shape(checking: try Receipt.list("shape", in: json, of: "sizes", \.int)) else {
      throw Receipt.malformed("shape", json["shape"], expected: "sizes").at(name)
    }
    guard let rule = json["rule"]?.int else {
      throw Receipt.malformed("rule", json["rule"], expected: "the number of a rule").at(name)
    }
    self.init(
      name: name, file: try Receipt.optional("file", in: json, expected: "a string", \.string),
      copies: json["copies"] == nil ? [] : try Receipt.list("copies", in: json, of: "strings", \.string), rule: rule,
      initializer: json["initializer"]?.string ?? "", draw: try Receipt.Entry.draw(json, name, plugins),
      shape: shape.sizes, dtype: dtype,
      region: try json["part"].map { (json) throws(Diagnostic) in try Region(json: json, at: name) },
      hash: try Receipt.optional("hash", in: json, expected: "16 hexadecimal digits") {
        $0.string.flatMap { ContentHash($0) }
      })
  }

  private static func draw(
    _ json: JSONValue, _ name: String, _ plugins: PluginList
  ) throws(Diagnostic) -> Draw? {
    if json["method"]?.string == "closure" { return nil }
    guard let method = json["method"]?.string.flatMap(Draw.Method.init(rawValue:)) else {
      throw Receipt.malformed("method", json["method"], expected: "a method of this version").at(name)
    }
    let numbers = try Draw.numbers(json, name)
    let foreign = try json["foreign"].map { (json) throws(Diagnostic) in try ForeignDraw(json: json, path: name) }
    guard method != .foreign || foreign != nil else {
      throw Receipt.malformed("foreign", nil, expected: "what the plugin was told").at(name)
    }
    var draw = Draw(method, numbers, foreign: foreign, plugin: try plugins.stamp(json["plugin"], at: name))
    if let other = json["of"] { draw = draw.changing(try Draw(changed: other, name)) }
    for source in try Receipt.optional("sources", in: json, expected: "a list", \.array) ?? [] {
      draw.sources.append(try DrawSource(json: source, at: name))
    }
    return draw
  }
}

extension Draw {
  /// The resolved numbers, and the draw whose values are changed.
  fileprivate func describe(in object: inout JSONObject) {
    if !numbers.isEmpty {
      var values = JSONObject()
      for number in numbers { values.append(number.name, .string(HexFloat.text(of: number.value))) }
      object.append("numbers", .object(values))
    }
    guard let other = others.first else { return }
    var inner: JSONObject = ["method": .string(other.method.rawValue)]
    other.describe(in: &inner)
    object.append("of", .object(inner))
  }

  fileprivate static func numbers(_ json: JSONValue, _ name: String) throws(Diagnostic) -> [Number] {
    var numbers: [Number] = []
    for member in try Receipt.optional("numbers", in: json, expected: "an object", \.object)?.members ?? [] {
      guard let text = member.value.string, let number = Double(text) else {
        throw Receipt.malformed(member.key, member.value, expected: "a hexadecimal float").at(name)
      }
      numbers.append(Number(member.key, number))
    }
    return numbers
  }

  /// How deep draws may change others' values: deeper than anybody writes.
  private static let deepest = 8

  /// A draw whose values another one changes.
  fileprivate init(changed json: JSONValue, _ name: String, depth: Int = 1) throws(Diagnostic) {
    guard depth <= Draw.deepest, let method = json["method"]?.string.flatMap(Method.init(rawValue:)), method != .foreign
    else {
      throw Receipt.malformed("of", json["method"], expected: "a method of this version").at(name)
    }
    self.init(method, try Draw.numbers(json, name))
    if let other = json["of"] { self = changing(try Draw(changed: other, name, depth: depth + 1)) }
  }
}

/// Doubles as hexadecimal floats: exact, and the same text everywhere.
package enum HexFloat {
  /// The text of a number, such as `0x1.47ae147ae147bp-6`.
  package static func text(of value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    let sign = value.sign == .minus ? "-" : ""
    guard value != 0 else { return sign + "0x0p+0" }
    let isSubnormal = value.isSubnormal
    let exponent = isSubnormal ? -1022 : Int(value.exponent)
    let digits = String(value.significandBitPattern, radix: 16)
    var fraction = Substring(String(repeating: "0", count: 13 - digits.count) + digits)
    while fraction.last == "0" { fraction.removeLast() }
    let point = fraction.isEmpty ? "" : ".\(fraction)"
    return "\(sign)0x\(isSubnormal ? 0 : 1)\(point)p\(exponent < 0 ? "-" : "+")\(abs(exponent))"
  }
}
