import Diagnostics

/// The text of an initializer or a layer, taken apart: `name` or `name(argument: value, …)`.
///
///     call     = name [ "(" [ argument { "," argument } ] ")" ]
///     argument = [ name ":" ] value
///     value    = number | word | quoted | "[" [ number { "," number } ] "]"
///
/// Names and words are letters, digits, `_`, `.`, `/` and `-`; numbers are decimal, `inf`, `-inf` or `nan`. Any other word
/// stands in double quotes, where a backslash takes the next character as it is: `"my masks.safetensors"`.
/// In a layer, a word may be a call itself (`start: normal(std: 0.02)`), kept as it is written, and the dot
/// of Swift's `.relu` is left out.
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
    package let value: ArgumentValue
    /// Where its name, or its value if it has none, begins; for an error.
    package let place: String
  }

  /// The name before the parentheses.
  package private(set) var name: String
  package private(set) var arguments: [Argument] = []
  private let grammar: Grammar
  private let bytes: [UInt8]
  private var position = 0

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
      reader.skipSpaces()
      let read = try reader.readValue(reader.readWord())
      reader.skipSpaces()
      guard reader.position == reader.bytes.count else { throw reader.malformed("one value", at: reader.position) }
      arguments.append(Argument(name: name, value: read, place: "'\(name)'"))
    }
  }

  /// A call of values that nobody wrote.
  package init(_ name: String, _ values: [(name: String, value: ArgumentValue)], as grammar: Grammar) {
    self.init(bytes: [], grammar)
    self.name = name
    arguments = values.map { Argument(name: $0.name, value: $0.value, place: "'\($0.name)'") }
  }

  private init(bytes: [UInt8], _ grammar: Grammar) {
    (self.bytes, self.grammar, name) = (bytes, grammar, "")
  }

  /// What was written.
  package var text: String { String(decoding: bytes, as: UTF8.self) }

  /// Where a byte is, for an error.
  private func place(_ offset: Int) -> String { "byte \(offset + 1) of '\(text)'" }

  private mutating func readArguments() throws(Diagnostic) {
    repeat {
      skipSpaces()
      let offset = position
      let word = readWord()
      if !word.isEmpty, take(":") {
        skipSpaces()
        arguments.append(Argument(name: word, value: try readValue(readWord()), place: place(offset)))
      } else {
        arguments.append(Argument(name: nil, value: try readValue(word), place: place(offset)))
      }
    } while take(",")
    guard take(")") else { throw malformed("',' or ')'", at: position) }
  }

  private mutating func readValue(_ word: String) throws(Diagnostic) -> ArgumentValue {
    guard word.isEmpty else {
      if let number = CallText.number(word) { return .number(number) }
      guard grammar.isSwift else { return .word(word) }
      return .word(try (word.hasPrefix(".") ? String(word.dropFirst()) : word) + readNestedArguments())
    }
    if take("\"") { return .word(try readQuoted()) }
    guard take("[") else { throw malformed("a number, a word or '['", at: position) }
    var numbers: [Double] = []
    if take("]") { return .list(numbers) }
    repeat {
      skipSpaces()
      let start = position
      guard let number = CallText.number(readWord()) else { throw malformed("a number", at: start) }
      numbers.append(number)
    } while take(",")
    guard take("]") else { throw malformed("',' or ']'", at: position) }
    return .list(numbers)
  }

  /// The rest of a word in quotes.
  private mutating func readQuoted() throws(Diagnostic) -> String {
    let start = position - 1
    var word: [UInt8] = []
    while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
      if bytes[position] == UInt8(ascii: "\\"), position + 1 < bytes.count { position += 1 }
      word.append(bytes[position])
      position += 1
    }
    guard take("\"") else { throw malformed("a second '\"'", at: start) }
    return String(decoding: word, as: UTF8.self)
  }

  /// A word as it is written: in quotes where it could be read as something else.
  static func written(_ word: String) -> String {
    // A layer's argument may be a call, kept as it was written.
    let isCall = word.hasSuffix(")") && word.contains("(") && !word.hasPrefix("(")
    guard !isCall, word.isEmpty || number(word) != nil || !word.utf8.allSatisfy(isWordByte) else { return word }
    return "\"" + word.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\""
  }

  /// The parentheses after a word with all that is in them, or nothing.
  private mutating func readNestedArguments() throws(Diagnostic) -> String {
    let start = position
    var depth = 0
    while position < bytes.count {
      if bytes[position] == UInt8(ascii: "(") { depth += 1 }
      if bytes[position] == UInt8(ascii: ")") { depth -= 1 }
      // No parenthesis after the word, or that of the layer itself.
      if depth < 0 || position == start && depth == 0 { return "" }
      position += 1
      if depth == 0 { return String(decoding: bytes[start..<position], as: UTF8.self) }
    }
    guard depth == 0 else { throw malformed("')'", at: position) }
    return ""
  }

  /// A number in the forms that are printed; a hexadecimal float is one too.
  private static func number(_ word: String) -> Double? {
    guard let first = word.utf8.first(where: { $0 != UInt8(ascii: "-") && $0 != UInt8(ascii: "+") }) else {
      return nil
    }
    let isSpecial = ["inf", "-inf", "+inf", "nan"].contains(word)
    let isDigit = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || first == UInt8(ascii: ".")
    return isSpecial || isDigit ? Double(word) : nil
  }

  private mutating func readWord() -> String {
    let start = position
    while position < bytes.count, CallText.isWordByte(bytes[position]) { position += 1 }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private static func isWordByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "."): true
    case UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "+"): true
    default: false
    }
  }

  private mutating func skipSpaces() {
    while position < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[position]) { position += 1 }
  }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    skipSpaces()
    guard position < bytes.count, bytes[position] == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private func malformed(_ expected: String, at offset: Int) -> Diagnostic {
    let rest = String(decoding: bytes[offset...], as: UTF8.self)
    let isEquals = rest.hasPrefix("=")
    return Diagnostic(
      grammar.code, "\(grammar.noun) cannot be read", at: place(offset), expected: expected,
      found: rest.first.map { "'\($0)'" } ?? "the end",
      hints: isEquals ? ["arguments are written with a colon, as in '\(grammar.example)'"] : [])
  }
}
