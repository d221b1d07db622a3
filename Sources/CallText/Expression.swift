#if canImport(Glibc)
  import Glibc
#endif

/// An expression of numbers and names: `0.02 / sqrt(2 * blocks)`.
///
///     alternative = sum [ "??" sum ]
///     sum         = product { ( "+" | "-" ) product }
///     product     = signed { ( "*" | "/" ) signed }
///     signed      = "-" signed | power
///     power       = primary [ "^" signed ]
///     primary     = number | name | function "(" sum { "," sum } ")" | "(" alternative ")"
///     name        = letter { letter | digit | "_" | "." } { "[" digits "]" { letter | digit | "_" | "." } }
///
/// Functions: `sqrt`, `log`, `exp`, `abs`, `floor` of one number, `pow` of two, `min` and `max` of two or more. Values are doubles. What
/// stands behind `??` counts where a name before it has no value.
package struct Expression: Sendable, Equatable {
  /// What is wrong with a text, or with a value.
  package struct Failure: Error, Equatable {
    /// In words, without the text.
    package let problem: String
    /// The byte of the text, from 0, where it is known.
    package let offset: Int?
    /// The name without a value, if that is it.
    package let name: String?

    package init(problem: String, offset: Int? = nil, name: String? = nil) {
      (self.problem, self.offset, self.name) = (problem, offset, name)
    }
  }

  /// What a name is followed by parentheses for.
  enum Function: String, CaseIterable, Sendable {
    case sqrt, log, exp, abs, floor, pow, min, max

    /// How many numbers it takes.
    var counts: ClosedRange<Int> {
      switch self {
      case .sqrt, .log, .exp, .abs, .floor: 1...1
      case .pow: 2...2
      case .min, .max: 2...16
      }
    }

    func callAsFunction(_ x: [Double]) -> Double {
      switch self {
      case .sqrt: x[0].squareRoot()
      case .log: Glibc.log(x[0])
      case .exp: Glibc.exp(x[0])
      case .abs: Swift.abs(x[0])
      case .floor: x[0].rounded(.down)
      case .pow: Glibc.pow(x[0], x[1])
      case .min: x.dropFirst().reduce(x[0]) { $0.isNaN || $0 < $1 ? $0 : $1 }
      case .max: x.dropFirst().reduce(x[0]) { $0.isNaN || $0 > $1 ? $0 : $1 }
      }
    }
  }

  indirect enum Term: Sendable, Equatable {
    case number(Double)
    case name(String)
    case negated(Term)
    case applied(Function, [Term])
    case combined(Term, UInt8, Term)
    /// The second where a name in the first has no value.
    case alternative(Term, Term)
  }

  private let root: Term
  /// What was written.
  package let text: String
  /// The names in it, in the order of their first places.
  package let names: [String]
  /// For each of ``names``, the byte where it first stands.
  package let places: [Int]

  /// Reads an expression.
  package init(_ text: String) throws(Failure) {
    var reader = ExpressionReader(text)
    root = try reader.whole()
    self.text = text
    names = reader.names
    places = reader.places
  }

  /// The name that the whole expression is; nil for any other one.
  package var name: String? {
    guard case .name(let name) = root else { return nil }
    return name
  }

  /// The functions' names.
  package static var functions: [String] { Function.allCases.map(\.rawValue) }

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
      guard let number = lookup(name) else { throw Failure(problem: "'\(name)' is no number here", name: name) }
      return number
    case .negated(let inner): return -(try value(of: inner, lookup))
    case .applied(let function, let arguments):
      return function(try arguments.map { (term) throws(Failure) in try value(of: term, lookup) })
    case .alternative(let first, let second):
      do { return try value(of: first, lookup) } catch {
        guard error.name != nil else { throw error }
        return try value(of: second, lookup)
      }
    case .combined(let left, let sign, let right):
      let (a, b) = (try value(of: left, lookup), try value(of: right, lookup))
      switch sign {
      case UInt8(ascii: "+"): return a + b
      case UInt8(ascii: "-"): return a - b
      case UInt8(ascii: "*"): return a * b
      case UInt8(ascii: "^"): return Glibc.pow(a, b)
      default: return a / b
      }
    }
  }
}
