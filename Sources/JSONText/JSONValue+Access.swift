import Diagnostics

extension JSONValue {
  /// The truth value, if it is one.
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  /// The integer, if it is one.
  public var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
  /// The integer, if it is one that fits.
  public var int: Int? { integer.flatMap { Int(exactly: $0) } }
  /// The text, if it is one.
  public var string: String? { if case .string(let value) = self { value } else { nil } }
  /// The elements, if it is an array.
  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  /// The object, if it is one.
  public var object: JSONObject? { if case .object(let value) = self { value } else { nil } }
  /// Whether it is `null`.
  public var isNull: Bool { self == .null }

  /// The number as a double, if it is one; integers above 2⁵³ are rounded.
  public var double: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The value of an object's member; nil where there is none, or no object.
  public subscript(key: String) -> JSONValue? { object?[key] }

  /// The element of an array; nil where there is none, or no array.
  public subscript(index: Int) -> JSONValue? {
    guard let array, array.indices.contains(index) else { return nil }
    return array[index]
  }

  /// The kind of value, in words: `an object`, `a string`.
  public var kind: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .integer: "an integer"
    case .number: "a number"
    case .string: "a string"
    case .array: "an array"
    case .object: "an object"
    }
  }

  /// An object's member, turned into what is needed.
  ///
  /// For example `try value.require("seed", "an integer", \.integer)`.
  /// - Throws: R0645 where the member is missing or of another kind; it names key, expected and found.
  public func require<Result>(
    _ key: String, _ expected: String, _ convert: (JSONValue) -> Result?
  ) throws(Diagnostic) -> Result {
    guard let member = self[key] else {
      throw Diagnostic(
        .jsonShape, "'\(key)' is missing", expected: expected, found: object == nil ? kind : nil)
    }
    guard let result = convert(member) else {
      throw Diagnostic(.jsonShape, "'\(key)' is of the wrong kind", expected: expected, found: member.kind)
    }
    return result
  }
}
