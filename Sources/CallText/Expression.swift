import Diagnostics

#if canImport(Glibc)
  import Glibc
#endif

/// An expression of numbers and names: `-1 / sqrt(4 * hidden)`.
///
///     sum     = product { ( "+" | "-" ) product }
///     product = factor { ( "*" | "/" ) factor }
///     factor  = "-" factor | number | name | function "(" sum ")" | "(" sum ")"
///
/// Functions: `sqrt`, `log`, `exp`.
package struct Expression: Sendable, Equatable {
  /// What is wrong with a text, or with a value.
  package struct Failure: Error, Equatable {
    /// In words, without the text.
    package let problem: String

    package init(problem: String) { self.problem = problem }
  }

  private indirect enum Term: Sendable, Equatable {
    case number(Double)
    case name(String)
    case negated(Term)
    case applied(String, Term)
    case combined(Term, UInt8, Term)
  }

  private let root: Term
  /// What was written.
  package let text: String
  /// The names in it, in the order of their first places.
  package let names: [String]

  /// Reads an expression.
  package init(_ text: String) throws(Failure) {
    var reader = Reader(text)
    root = try reader.sum(0)
    self.text = text
    names = reader.names
    guard reader.isAtEnd else { throw reader.expected("an operator or the end") }
  }

  /// The name that the whole expression is; nil for any other one.
  package var name: String? {
    guard case .name(let name) = root else { return nil }
    return name
  }

  /// The value.
  /// - Parameter value: the number behind a name; nil for one that has none.
  package func evaluated(_ value: (String) -> Double?) throws(Failure) -> Double {
    let result = try Expression.value(of: root, value)
    guard result.isFinite else { throw Failure(problem: "'\(text)' is \(result)") }
    return result
  }

  /// The value as a whole number that a size can be.
  package func size(_ value: (String) -> Double?) throws(Failure) -> Int {
    try Expression.size(try evaluated(value), of: text)
  }

  /// A number as a size.
  package static func size(_ number: Double, of text: String) throws(Failure) -> Int {
    guard let size = Int(exactly: number), size >= 0 else {
      throw Failure(problem: "'\(text)' is \(number), and no size")
    }
    return size
  }

  private static func value(of term: Term, _ lookup: (String) -> Double?) throws(Failure) -> Double {
    switch term {
    case .number(let number): return number
    case .name(let name):
      guard let number = lookup(name) else { throw Failure(problem: "'\(name)' is no number here") }
      return number
    case .negated(let inner): return -(try value(of: inner, lookup))
    case .applied(let function, let argument):
      let x = try value(of: argument, lookup)
      return function == "sqrt" ? x.squareRoot() : function == "log" ? log(x) : exp(x)
    case .combined(let left, let sign, let right):
      let (a, b) = (try value(of: left, lookup), try value(of: right, lookup))
      switch sign {
      case UInt8(ascii: "+"): return a + b
      case UInt8(ascii: "-"): return a - b
      case UInt8(ascii: "*"): return a * b
      default: return a / b
      }
    }
  }

  /// Reads terms, and keeps the names that it meets.
  private struct Reader {
    /// Deeper nesting is nobody's meaning.
    private static let depthLimit = 64
    private let bytes: [UInt8]
    private var position = 0
    var names: [String] = []

    init(_ text: String) { bytes = Array(text.utf8) }

    var isAtEnd: Bool { position == bytes.count }

    func expected(_ what: String) -> Failure {
      let rest = String(decoding: bytes[position...], as: UTF8.self)
      return Failure(problem: "\(what) is expected \(rest.isEmpty ? "at the end" : "at '\(rest)'")")
    }

    mutating func sum(_ depth: Int) throws(Failure) -> Term {
      guard depth < Reader.depthLimit else { throw Failure(problem: "more than \(Reader.depthLimit) levels") }
      var left = try product(depth)
      while let sign = take("+-") { left = .combined(left, sign, try product(depth)) }
      return left
    }

    private mutating func product(_ depth: Int) throws(Failure) -> Term {
      var left = try factor(depth)
      while let sign = take("*/") { left = .combined(left, sign, try factor(depth)) }
      return left
    }

    private mutating func factor(_ depth: Int) throws(Failure) -> Term {
      guard depth < Reader.depthLimit else { throw Failure(problem: "more than \(Reader.depthLimit) levels") }
      if take("-") != nil { return .negated(try factor(depth + 1)) }
      if take("(") != nil { return try closed(depth) }
      let word = self.word()
      if let number = Double(word), word.utf8.first.map(Reader.isDigit) == true { return .number(number) }
      guard let first = word.utf8.first, !Reader.isDigit(first) else { throw expected("a number, a name or '('") }
      guard ["sqrt", "log", "exp"].contains(word), take("(") != nil else {
        if !names.contains(word) { names.append(word) }
        return .name(word)
      }
      return .applied(word, try closed(depth))
    }

    private mutating func closed(_ depth: Int) throws(Failure) -> Term {
      let inner = try sum(depth + 1)
      guard take(")") != nil else { throw expected("')'") }
      return inner
    }

    /// A name with dots, or a number with its exponent.
    private mutating func word() -> String {
      let start = position
      let isNumber = position < bytes.count && Reader.isDigit(bytes[position])
      while position < bytes.count, Reader.isWord(bytes[position]) || isNumber && isExponentSign { position += 1 }
      defer { skipSpaces() }
      return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private var isExponentSign: Bool {
      (bytes[position] == UInt8(ascii: "-") || bytes[position] == UInt8(ascii: "+"))
        && bytes[position - 1] | 0x20 == UInt8(ascii: "e")
    }

    private mutating func take(_ signs: StaticString) -> UInt8? {
      skipSpaces()
      guard position < bytes.count else { return nil }
      let byte = bytes[position]
      let isOne = signs.withUTF8Buffer { $0.contains(byte) }
      guard isOne else { return nil }
      position += 1
      skipSpaces()
      return byte
    }

    private mutating func skipSpaces() {
      while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

    private static func isWord(_ byte: UInt8) -> Bool {
      isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || byte == UInt8(ascii: "_")
        || byte == UInt8(ascii: ".")
    }
  }
}
