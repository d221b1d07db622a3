import Diagnostics

/// The text of an initializer or a layer, taken apart: `name` or `name(argument: value, …)`.
///
///     call     = name [ "(" [ argument { "," argument } ] ")" ]
///     argument = [ name ":" ] value
///     value    = number | word | quoted | expression | call | "[" [ element { "," element } ] "]"
///     element  = number | expression
///
/// Names and words are letters, digits, `_`, `.`, `/` and `-`; numbers are decimal, `inf`, `-inf` or `nan`. Any other word
/// stands in double quotes, where a backslash takes the next character as it is: `"my masks.safetensors"`.
/// A word may be a call itself (`start: normal(std: 0.02)`), kept as it is written; in a layer the dot of Swift's `.relu`
/// is left out. An ``Expression`` may name a ``StructureVariable``; a variable alone is a word, and a number where the
/// parameter takes nothing else.
package struct CallText {
  /// What the text makes.
  package struct Grammar: Sendable {
    package let noun: String
    package let code: ErrorCode
    package let example: String
    let isSwift: Bool

    /// An initializer.
    package static let initializer = Grammar(
      noun: "an initializer", code: .malformedInitializer, example: "normal(std: 0.02)", isSwift: false)
    /// A layer.
    package static let layer = Grammar(
      noun: "a layer", code: .malformedLayer, example: "Dense(in: 64, out: 10)", isSwift: true)
  }

  package struct Argument {
    package let name: String?
    package internal(set) var value: Value
    /// Where its name, or its value if it has none, begins; for an error.
    package let place: String
  }

  /// What an argument is.
  package enum Value: Sendable, Equatable {
    /// A value that is known by itself.
    case known(ArgumentValue)
    /// Numbers that depend on where they are used; one unless it is a list.
    case computed([Expression], isList: Bool)
  }

  /// The name before the parentheses.
  package private(set) var name: String
  package internal(set) var arguments: [Argument] = []
  let grammar: Grammar
  let bytes: [UInt8]
  var position = 0

  /// - Throws: ``Diagnostics/ErrorCode/malformedInitializer`` or ``Diagnostics/ErrorCode/malformedLayer``.
  package init(_ text: String, as grammar: Grammar = .initializer) throws(Diagnostic) {
    self.init(bytes: Array(text.utf8), grammar)
    skipSpaces()
    name = readWord()
    guard !name.isEmpty else { throw malformed("\(grammar.noun)'s name", at: position) }
    if take("("), !take(")") { try readArguments() }
    skipSpaces()
    guard position == bytes.count else {
      throw malformed(arguments.isEmpty ? "'(' or the end" : "the end", at: position)
    }
  }

  /// A call whose arguments, or some of them, stand apart, each with its name, and are read as in a call.
  /// - Throws: as ``init(_:as:)``.
  package init(
    _ text: String, options: [(name: String, value: String)], as grammar: Grammar
  ) throws(Diagnostic) {
    try self.init(text, as: grammar)
    for (name, value) in options {
      var reader = CallText(bytes: Array(value.utf8), grammar)
      let read = try reader.readValue()
      reader.skipSpaces()
      guard reader.position == reader.bytes.count else { throw reader.malformed("one value", at: reader.position) }
      arguments.append(Argument(name: name, value: read, place: "'\(name)'"))
    }
  }

  /// A call of values that nobody wrote.
  package init(_ name: String, _ values: [(name: String, value: ArgumentValue)], as grammar: Grammar) {
    self.init(bytes: [], grammar)
    self.name = name
    arguments = values.map { Argument(name: $0.name, value: .known($0.value), place: "'\($0.name)'") }
  }

  private init(bytes: [UInt8], _ grammar: Grammar) {
    (self.bytes, self.grammar, name) = (bytes, grammar, "")
  }

  /// What was written.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Where a byte is, for an error.
  func place(_ offset: Int) -> String { "byte \(offset + 1) of '\(text)'" }

  private mutating func readArguments() throws(Diagnostic) {
    repeat {
      skipSpaces()
      let offset = position
      let word = readWord()
      if !word.isEmpty, take(":") {
        arguments.append(Argument(name: word, value: try readValue(), place: place(offset)))
      } else {
        position = offset
        arguments.append(Argument(name: nil, value: try readValue(), place: place(offset)))
      }
    } while take(",")
    guard take(")") else { throw malformed("',' or ')'", at: position) }
  }

  /// A word as it is written: in quotes where it could be read as something else.
  static func written(_ word: String) -> String {
    // A layer's argument may be a call, kept as it was written.
    let isCall = word.hasSuffix(")") && word.contains("(") && !word.hasPrefix("(")
    guard !isCall, word.isEmpty || number(word) != nil || !word.utf8.allSatisfy(isWordByte) else { return word }
    return "\"" + word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// A number in the forms that are printed; a hexadecimal float is one too.
  static func number(_ word: String) -> Double? {
    guard let first = word.utf8.first(where: { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }) else {
      return nil
    }
    let isSpecial = ["inf", "-inf", "+inf", "nan"].contains(word)
    let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || first == UInt8(ascii: ".")
    return isSpecial || isDigit ? Double(word) : nil
  }

  mutating func readWord() -> String {
    let start = position
    while position < bytes.count, CallText.isWordByte(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."): true
    case UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "+"): true
    default: false
    }
  }

  mutating func skipSpaces() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  func malformed(_ expected: String, at offset: Int) -> Diagnostic {
    let rest = String(decoding: bytes[offset...], as: UTF8.self)
    let isEquals = rest.hasPrefix("=")
    return Diagnostic(
      grammar.code, "\(grammar.noun) cannot be read", at: place(offset), expected: expected,
      found: rest.first.map { "'\($0)'" } ?? "the end",
      hints: isEquals ? ["arguments are written with a colon, as in '\(grammar.example)'"] : [])
  }
}
