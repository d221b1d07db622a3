/// Reads an expression, and keeps the names that it meets.
struct ExpressionReader {
  /// Deeper nesting is nobody's meaning.
  private static let depthLimit = 64
  /// More terms neither: each is a level of the tree that is made of a sum.
  private static let termLimit = 1000
  private let bytes: [UInt8]
  private var position = 0
  private var terms = 0
  private(set) var names: [String] = []
  private(set) var places: [Int] = []

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The whole text.
  mutating func whole() throws(Expression.Failure) -> Expression.Term {
    let term = try alternative(0)
    guard position == bytes.count else { throw expected("an operator or the end") }
    return term
  }

  private func expected(_ what: String) -> Expression.Failure {
    let rest = String(decoding: bytes[position...], as: UTF8.self)
    return Expression.Failure(
      problem: "\(what) is expected \(rest.isEmpty ? "at the end" : "at '\(rest)'")", offset: position)
  }

  private func tooDeep() -> Expression.Failure {
    Expression.Failure(problem: "more than \(Self.depthLimit) levels", offset: position)
  }

  private mutating func alternative(_ depth: Int) throws(Expression.Failure) -> Expression.Term {
    let first = try sum(depth)
    guard position + 1 < bytes.count, bytes[position...].starts(with: "??".utf8) else { return first }
    position += 2
    return .alternative(first, try sum(depth))
  }

  private mutating func sum(_ depth: Int) throws(Expression.Failure) -> Expression.Term {
    guard depth < Self.depthLimit else { throw tooDeep() }
    var left = try product(depth)
    while let sign = take("+-") { left = .combined(left, sign, try product(depth)) }
    return left
  }

  private mutating func product(_ depth: Int) throws(Expression.Failure) -> Expression.Term {
    var left = try signed(depth)
    while let sign = take("*/") { left = .combined(left, sign, try signed(depth)) }
    return left
  }

  private mutating func signed(_ depth: Int) throws(Expression.Failure) -> Expression.Term {
    guard depth < Self.depthLimit else { throw tooDeep() }
    if take("-") != nil { return .negated(try signed(depth + 1)) }
    let base = try primary(depth)
    guard let sign = take("^") else { return base }
    return .combined(base, sign, try signed(depth + 1))
  }

  private mutating func primary(_ depth: Int) throws(Expression.Failure) -> Expression.Term {
    terms += 1
    guard terms <= Self.termLimit else {
      throw Expression.Failure(problem: "more than \(Self.termLimit) terms", offset: position)
    }
    if take("(") != nil {
      let inner = try alternative(depth + 1)
      guard take(")") != nil else { throw expected("')'") }
      return inner
    }
    skipSpaces()
    let start = position
    let word = self.word()
    guard let first = word.utf8.first, first != UInt8(ascii: ".") else {
      position = start
      throw expected("a number, a name or '('")
    }
    if Self.isDigit(first) {
      if let number = Double(word) { return .number(number) }
      position = start
      throw expected("a number, a name or '('")
    }
    if let function = Expression.Function(rawValue: word), take("(") != nil {
      return .applied(function, try arguments(of: function, depth, start))
    }
    if !names.contains(word) {
      names.append(word)
      places.append(start)
    }
    return .name(word)
  }

  private mutating func arguments(
    of function: Expression.Function, _ depth: Int, _ start: Int
  ) throws(Expression.Failure) -> [Expression.Term] {
    var arguments: [Expression.Term] = []
    repeat { arguments.append(try sum(depth + 1)) } while take(",") != nil
    guard take(")") != nil else { throw expected("')'") }
    guard function.counts.contains(arguments.count) else {
      let count = function.counts
      let numbers = count.upperBound == 1 ? "number" : "numbers"
      throw Expression.Failure(
        problem: "'\(function.rawValue)' takes \(count.count == 1 ? "" : "at least ")\(count.lowerBound) \(numbers)",
        offset: start)
    }
    return arguments
  }

  /// A name with dots and brackets, or a number with its exponent.
  private mutating func word() -> String {
    skipSpaces()
    let start = position
    let isNumber = position < bytes.count && Self.isDigit(bytes[position])
    while position < bytes.count {
      if Self.isWord(bytes[position]) || isNumber && isExponentSign {
        position += 1
      } else if !isNumber, position > start, let end = bracketEnd {
        position = end
      } else {
        break
      }
    }
    defer { skipSpaces() }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Where digits in brackets end that begin here.
  private var bracketEnd: Int? {
    guard bytes[position] == UInt8(ascii: "[") else { return nil }
    let digits = bytes[(position + 1)...].prefix(while: Self.isDigit)
    let end = position + 1 + digits.count
    guard !digits.isEmpty, end < bytes.count, bytes[end] == UInt8(ascii: "]") else { return nil }
    return end + 1
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
    while position < bytes.count, [0x20, 0x09].contains(bytes[position]) { position += 1 }
  }

  private static func isDigit(_ byte: UInt8) -> Bool { UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte }

  private static func isWord(_ byte: UInt8) -> Bool {
    isDigit(byte) || UInt8(ascii: "a")...UInt8(ascii: "z") ~= byte | 0x20 || byte == UInt8(ascii: "_")
      || byte == UInt8(ascii: ".")
  }
}
