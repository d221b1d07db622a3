import Diagnostics

/// The text of an initializer, taken apart: `name` or `name(argument: value, …)`.
///
///     initializer = name [ "(" [ argument { "," argument } ] ")" ]
///     argument    = [ name ":" ] value
///     value       = number | word | "[" [ number { "," number } ] "]"
///
/// Names and words are letters, digits, `_`, `.`, `/` and `-`; numbers are decimal, `inf`, `-inf` or `nan`.
struct InitializerText {
  struct InitializerArgument {
    let name: String?
    let value: ArgumentValue
    /// Where its name, or its value if it has none, begins.
    let offset: Int
  }

  private(set) var name: String
  private(set) var arguments: [InitializerArgument] = []
  private let bytes: [UInt8]
  private var position = 0

  /// - Throws: ``Diagnostics/Code/malformedInitializer``.
  init(_ text: String) throws(Diagnostic) {
    bytes = Array(text.utf8)
    name = ""
    skipSpaces()
    name = readWord()
    guard !name.isEmpty else { throw malformed("an initializer's name", at: position) }
    if take("("), !take(")") { try readArguments() }
    skipSpaces()
    guard position == bytes.count else {
      throw malformed(arguments.isEmpty ? "'(' or the end" : "the end", at: position)
    }
  }

  /// Where a byte is, for an error.
  func place(_ offset: Int) -> String { "byte \(offset + 1) of '\(String(decoding: bytes, as: UTF8.self))'" }

  private mutating func readArguments() throws(Diagnostic) {
    repeat {
      skipSpaces()
      let offset = position
      let word = readWord()
      if !word.isEmpty, take(":") {
        skipSpaces()
        arguments.append(InitializerArgument(name: word, value: try readValue(readWord()), offset: offset))
      } else {
        arguments.append(InitializerArgument(name: nil, value: try readValue(word), offset: offset))
      }
    } while take(",")
    guard take(")") else { throw malformed("',' or ')'", at: position) }
  }

  private mutating func readValue(_ word: String) throws(Diagnostic) -> ArgumentValue {
    guard word.isEmpty else { return InitializerText.number(word).map { .number($0) } ?? .word(word) }
    guard take("[") else { throw malformed("a number, a word or '['", at: position) }
    var numbers: [Double] = []
    if take("]") { return .list(numbers) }
    repeat {
      skipSpaces()
      let start = position
      guard let number = InitializerText.number(readWord()) else { throw malformed("a number", at: start) }
      numbers.append(number)
    } while take(",")
    guard take("]") else { throw malformed("',' or ']'", at: position) }
    return .list(numbers)
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
    while position < bytes.count, InitializerText.isWordByte(bytes[position]) { position += 1 }
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
      .malformedInitializer, "an initializer cannot be read", at: place(offset), expected: expected,
      found: rest.first.map { "'\($0)'" } ?? "the end",
      hints: isEquals ? ["arguments are written with a colon, as in 'normal(std: 0.02)'"] : [])
  }
}
