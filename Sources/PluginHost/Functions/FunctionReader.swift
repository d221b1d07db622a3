import Diagnostics
import JSONText

/// The members of one object of a manifest's declaration, each checked; keys that nobody knows are notes of the
/// manifest.
struct FunctionReader {
  let place: String
  private let object: JSONObject

  init(_ value: JSONValue, _ place: String) throws(Diagnostic) {
    self.place = place
    guard let object = value.object else {
      throw Diagnostic(
        .functionDeclaration, "a declaration is of the wrong kind", at: place, expected: "an object", found: value.kind)
    }
    self.object = object
  }

  subscript(key: String) -> JSONValue? { object[key] }

  func required<Value>(
    _ key: String, _ expected: String, _ convert: (JSONValue) -> Value?
  ) throws(Diagnostic) -> Value {
    guard let value = object[key] else { throw wrong(key, "is missing", expected, nil) }
    guard let result = convert(value) else { throw wrong(key, "is of the wrong kind", expected, Self.text(value)) }
    return result
  }

  func optional<Value>(
    _ key: String, _ expected: String, _ convert: (JSONValue) -> Value?
  ) throws(Diagnostic) -> Value? {
    object[key] == nil ? nil : try required(key, expected, convert)
  }

  /// `[a-z][a-z0-9_]*`, at most 64 bytes.
  func name(_ key: String) throws(Diagnostic) -> String {
    try required(key, "a name, [a-z][a-z0-9_]*") { value in
      value.string.flatMap { PluginNames.initializer.accepts($0) ? $0 : nil }
    }
  }

  func wrong(_ key: String, _ problem: String, _ expected: String, _ found: String?) -> Diagnostic {
    Diagnostic(.functionDeclaration, "'\(key)' \(problem)", at: place, expected: expected, found: found ?? "nothing")
  }

  /// The value itself where it is short.
  private static func text(_ value: JSONValue) -> String {
    let text = value.compact
    return text.utf8.count <= 60 ? text : value.kind
  }
}
