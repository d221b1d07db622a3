import Diagnostics
import JSONText

/// What stands beside a checkpoint in `config.json`, as transformers and diffusers write it.
///
/// A field is named by a dotted path, with elements of lists in brackets: `rope_scaling.factor`, `depths[0]`. What is not at the
/// top may be looked up in nested objects, and have a default.
public struct ModelConfig: Sendable, Equatable {
  /// Where it was read; nil for a value of one's own.
  public let source: String?
  /// The objects in which a field is looked up that is not at the top, in order: `text_config`.
  public var nested: [String] = []
  private let root: JSONValue
  private var defaults: [(field: String, value: JSONValue)] = []

  /// A configuration without fields.
  public init() { (root, source) = (.object(JSONObject()), nil) }

  /// A configuration of an object's fields.
  /// - Throws: ``Diagnostics/ErrorCode/malformedConfig`` if it is no object.
  public init(_ root: JSONValue, source: String? = nil) throws(Diagnostic) {
    guard root.object != nil else {
      throw Diagnostic(
        .malformedConfig, "a configuration is no object", at: source,
        expected: "fields, as in {\"model_type\": \"gpt2\"}",
        found: root.kind)
    }
    self.root = root
    self.source = source
  }

  /// Reads the text of a `config.json`; the words `Infinity` and `NaN`, which Python writes, are numbers.
  /// - Throws: ``Diagnostics/ErrorCode/malformedConfig``, with line and column.
  public init(parsing text: String, source: String? = nil) throws(Diagnostic) {
    let root: JSONValue
    do { root = try JSONValue(parsing: PythonNumbers.quoted(Array(text.utf8)), source: source) } catch {
      throw Diagnostic(
        .malformedConfig, "a configuration cannot be read: \(error.message)", at: error.place ?? source,
        expected: error.expected, found: error.found, hints: ["--config none leaves it aside"])
    }
    try self.init(root, source: source)
  }

  /// The same with a value for a field that is nowhere in it.
  public func defaulting(_ field: String, to value: JSONValue) -> ModelConfig {
    var copy = self
    copy.defaults.append((field, value))
    return copy
  }

  /// What a field holds: at the top, in the first of ``nested`` that has it, or by default (the last one given); nil where it is
  /// nowhere, or `null`.
  ///
  /// A `null` in the file is a word, too: the field has no default then, as it has none in the framework that wrote it.
  public subscript(field: String) -> JSONValue? {
    guard let path = FieldPath(field) else { return nil }
    let places = [root] + nested.compactMap { FieldPath($0)?.value(in: root) }
    let said = places.compactMap(path.value)
    let value = said.first { !$0.isNull } ?? (said.isEmpty ? defaults.last { $0.field == field }?.value : said[0])
    return value.flatMap { $0.isNull ? Optional.none : $0 }
  }

  /// A field's number: true is 1, false 0; nil for anything else.
  public func number(_ field: String) -> Double? {
    guard let value = self[field] else { return nil }
    if let flag = value.bool { return flag ? 1 : 0 }
    return value.double ?? PythonNumbers.value(of: value)
  }

  /// In words, what a field holds: `a string`; nil where it is nowhere, or `null`.
  public func kind(of field: String) -> String? { self[field]?.kind }

  /// A field's text; nil for anything else.
  public func text(_ field: String) -> String? { self[field]?.string }

  /// Whether a field says yes: it is there, and is not false, 0, empty or null.
  public func says(_ field: String) -> Bool {
    switch self[field] {
    case nil, .null, .bool(false), .integer(0), .string(""), .array([]): false
    case .number(let number): number != 0
    default: true
    }
  }

  /// What it calls the architecture, as transformers, diffusers, peft and timm do it.
  public var architectures: [String] {
    ["model_type", "_class_name", "peft_type", "architecture"].compactMap { root[$0]?.string }
  }

  /// The fields at the top, in order.
  public var fields: [String] { root.object?.keys ?? [] }

  /// Configurations are equal if they say the same.
  public static func == (a: ModelConfig, b: ModelConfig) -> Bool {
    a.root == b.root && a.nested == b.nested && a.source == b.source
      && a.defaults.elementsEqual(b.defaults) { $0.field == $1.field && $0.value == $1.value }
  }
}

/// A field by the way to it: `text_config.depths[0]`.
private struct FieldPath {
  private enum Step {
    case member(String)
    case element(Int)
  }
  private var steps: [Step] = []

  /// Nil for a text that is no path.
  init?(_ text: String) {
    for part in text.split(separator: ".", omittingEmptySubsequences: false) {
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      guard let name = pieces.first, !name.isEmpty else { return nil }
      steps.append(.member(String(name)))
      for piece in pieces.dropFirst() {
        guard piece.hasSuffix("]"), let index = Int(piece.dropLast()) else { return nil }
        steps.append(.element(index))
      }
    }
  }

  /// What is there, perhaps a null; nil where nothing is.
  func value(in root: JSONValue) -> JSONValue? {
    var value = root
    for step in steps {
      let next =
        switch step {
        case .member(let name): value[name]
        case .element(let index): value[index]
        }
      // A null is a value of this type, too.
      guard let next else { return Optional.none }
      value = next
    }
    return value
  }
}

/// The numbers that Python's writer of JSON has and JSON has not.
private enum PythonNumbers {
  private static let words = ["-Infinity", "Infinity", "NaN"].map { Array($0.utf8) }

  /// The text with each of them in quotes.
  static func quoted(_ text: [UInt8]) -> [UInt8] {
    guard words.contains(where: { word in text.contains(word[word.count - 3]) }) else { return text }
    var result: [UInt8] = []
    var (index, isInside) = (0, false)
    while index < text.count {
      let byte = text[index]
      if byte == UInt8(ascii: "\""), !isEscaped(index, text) { isInside.toggle() }
      if !isInside, let word = words.first(where: { text[index...].starts(with: $0) }) {
        result += [UInt8(ascii: "\"")] + word + [UInt8(ascii: "\"")]
        index += word.count
      } else {
        result.append(byte)
        index += 1
      }
    }
    return result
  }

  private static func isEscaped(_ index: Int, _ text: [UInt8]) -> Bool {
    !text[..<index].reversed().prefix { $0 == UInt8(ascii: "\\") }.count.isMultiple(of: 2)
  }

  /// One of them, or transformers' `{"__float__": "Infinity"}`.
  static func value(of value: JSONValue) -> Double? {
    switch value.string ?? value["__float__"]?.string {
    case "Infinity": .infinity
    case "-Infinity": -.infinity
    case "NaN": .nan
    default: nil
    }
  }
}
