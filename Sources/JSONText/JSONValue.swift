/// A JSON value: what is parsed from text and written to it.
///
/// Objects keep the order of their members. Numbers without fraction and exponent that fit are integers; all
/// others are doubles.
public enum JSONValue: Sendable, Equatable {
  /// `null`.
  case null
  /// `true` or `false`.
  case bool(Bool)
  /// A number without fraction and exponent that fits into 64 bits.
  case integer(Int64)
  /// Any other number; those that are not finite are written as `null`.
  case number(Double)
  /// Text.
  case string(String)
  /// Values in order.
  case array([JSONValue])
  /// Named values in order.
  case object(JSONObject)
}

/// A JSON object: named values in the order in which they were written.
///
/// Keys are the same if their bytes are. Two objects are equal if their members are, in the same order.
public struct JSONObject: Sendable, Equatable {
  /// A key and its value.
  public struct Member: Sendable, Equatable {
    /// The name.
    public var key: String
    /// What it names.
    public var value: JSONValue

    /// Makes a member.
    public init(_ key: String, _ value: JSONValue) {
      self.key = key
      self.value = value
    }
  }

  /// The members in order.
  public private(set) var members: [Member] = []

  /// An object without members.
  public init() {}

  /// An object of these members, whose keys must differ.
  init(unchecked members: [Member]) { self.members = members }

  /// The keys in order.
  public var keys: [String] { members.map(\.key) }

  /// The value of a key: replaced in its place, appended where it is new, removed by nil.
  ///
  /// - Complexity: O(members).
  public subscript(key: String) -> JSONValue? {
    get { index(of: key).map { members[$0].value } }
    set {
      switch (index(of: key), newValue) {
      case (let index?, let value?): members[index].value = value
      case (let index?, nil): members.remove(at: index)
      case (nil, let value?): members.append(Member(key, value))
      case (nil, nil): break
      }
    }
  }

  /// Appends a member whose key is known to be new, without a search.
  public mutating func append(_ key: String, _ value: JSONValue) { members.append(Member(key, value)) }

  private func index(of key: String) -> Int? {
    members.firstIndex { $0.key.utf8.elementsEqual(key.utf8) }
  }
}

extension JSONObject: ExpressibleByDictionaryLiteral {
  /// The members as written; of a key that is written twice, the last value.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    for (key, value) in elements { self[key] = value }
  }
}

extension JSONValue: ExpressibleByNilLiteral, ExpressibleByBooleanLiteral, ExpressibleByIntegerLiteral,
  ExpressibleByFloatLiteral, ExpressibleByStringInterpolation, ExpressibleByArrayLiteral,
  ExpressibleByDictionaryLiteral
{
  /// `null`.
  public init(nilLiteral: ()) { self = .null }
  /// A truth value.
  public init(booleanLiteral value: Bool) { self = .bool(value) }
  /// An integer.
  public init(integerLiteral value: Int64) { self = .integer(value) }
  /// A double.
  public init(floatLiteral value: Double) { self = .number(value) }
  /// Text.
  public init(stringLiteral value: String) { self = .string(value) }
  /// An array.
  public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
  /// An object; of a key that is written twice, the last value.
  public init(dictionaryLiteral elements: (String, JSONValue)...) {
    var object = JSONObject()
    for (key, value) in elements { object[key] = value }
    self = .object(object)
  }
}
