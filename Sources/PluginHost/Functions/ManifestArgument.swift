import CReinit
import CallText
import Diagnostics
import Initializers
import JSONText

/// One argument in a manifest's declaration.
struct ManifestArgument {
  let type: FunctionType
  let role: FunctionRole
  /// What an argument of the role `param` declares.
  let parameter: PluginParameter?

  init(_ item: JSONValue, _ place: String) throws(Diagnostic) {
    let isParameter = Self.isParameter(item)
    let reader = try FunctionReader(item, place)
    let word = try reader.required("type", "a type, such as \"f32*\"", \.string)
    let isPointer = Self.pointers.contains(word)
    guard let type = isPointer ? .pointer : Self.scalars.first(where: { $0.word == word }) else {
      throw Self.unknown("type", word, Self.pointers + Self.scalars.compactMap(\.word), "\(place)/type")
    }
    self.type = type
    role = try Self.role(reader, word)
    parameter = isParameter ? try Self.parameter(reader, type) : nil
  }

  private static func isParameter(_ item: JSONValue) -> Bool {
    item["role"]?.string == FunctionRole.parameter.word
  }

  /// The keys that an argument of its role has.
  static func keys(of item: JSONValue) -> [String] { isParameter(item) ? parameterKeys : keys }

  private static let keys = ["type", "role"]
  private static let parameterKeys =
    keys + ["name", "summary", "default", "min", "max", "min_open", "max_open", "may_have_no_effect"]
  private static let pointers = ["f32*", "f64*", "i64*"]
  private static let scalars = FunctionType.allCases.filter(\.isNumber)

  /// The role, which for `out` depends on what it points to.
  private static func role(_ reader: FunctionReader, _ type: String) throws(Diagnostic) -> FunctionRole {
    let word = try reader.required("role", "a role, such as \"out\"", \.string)
    let named = FunctionRole.allCases.filter { $0.word == word }
    guard let role = named.first(where: { $0 != .outF32 || type != "f64*" }) else {
      throw unknown("role", word, Set(FunctionRole.allCases.compactMap(\.word)).sorted(), "\(reader.place)/role")
    }
    let wanted = [FunctionRole.outF32: ["f32*"], .outF64: ["f64*"], .shape: ["i64*"]][role]
    guard wanted?.contains(type) ?? true else {
      throw Diagnostic(
        .functionArgument, "the type of '\(word)' does not suit it", at: reader.place,
        expected: role == .shape ? "i64*" : "f32* or f64*", found: type)
    }
    return role
  }

  /// The argument as the ABI has it.
  /// - Parameter parameter: The index of what it declares.
  func abi(parameter: Int) -> ri_arg {
    ri_arg(type: type.rawValue, role: role.rawValue, param: role == .parameter ? UInt32(parameter) : 0, reserved: 0)
  }

  /// A word that is none of those that there are; C's own names for types are understood in the hint.
  static func unknown(_ what: String, _ word: String, _ known: [String], _ place: String) -> Diagnostic {
    let meant = ["float": "f32", "double": "f64", "int": "i32", "size_t": "u64", "float*": "f32*", "double*": "f64*"]
    return Diagnostic(
      .functionType, "there is no \(what) '\(word)'", at: place, expected: known.joined(separator: ", "),
      found: "'\(word)'",
      hints: meant[word].map { ["C's \(word) is \"\($0)\""] } ?? Suggestion.hint(for: word, in: known))
  }
}

extension ManifestArgument {
  private static func parameter(
    _ reader: FunctionReader, _ type: FunctionType
  ) throws(Diagnostic) -> PluginParameter {
    let name = try reader.name("name")
    let isBool = reader["default"]?.bool != nil && type.isInteger
    let parameter = PluginParameter(
      name: name, summary: try reader.optional("summary", "a string", \.string) ?? "",
      kind: isBool ? .bool : type.isInteger ? .int : .real, defaultValue: try defaultValue(reader),
      minimum: try bound("min", reader), maximum: try bound("max", reader),
      mayHaveNoEffect: try reader.optional("may_have_no_effect", "true or false", \.bool) ?? false)
    try check(parameter, reader)
    return parameter
  }

  private static func defaultValue(_ reader: FunctionReader) throws(Diagnostic) -> ArgumentValue? {
    try reader.optional("default", "a number, or true or false") { value in
      value.bool.map { .word($0 ? "true" : "false") } ?? value.double.map { .number($0) }
    }
  }

  private static func bound(
    _ key: String, _ reader: FunctionReader
  ) throws(Diagnostic) -> PluginParameter.Bound? {
    let isOpen = try reader.optional("\(key)_open", "true or false", \.bool) ?? false
    return try reader.optional(key, "a number", \.double).map { PluginParameter.Bound($0, isOpen: isOpen) }
  }

  private static func check(_ parameter: PluginParameter, _ reader: FunctionReader) throws(Diagnostic) {
    let (low, high) = (parameter.minimum?.value ?? -.infinity, parameter.maximum?.value ?? .infinity)
    guard low <= high else { throw reader.wrong("min", "is above 'max'", "min ≤ max", "\(low) and \(high)") }
    guard let value = parameter.defaultValue else { return }
    do { try parameter.check(value, of: parameter.name) } catch {
      throw reader.wrong("default", "is not a value of the parameter", error.expected ?? "", error.found)
    }
  }
}
