/// An error a person reads: a stable code, what happened, where, and what to type next.
///
/// Every failure that comes from outside (a file, a rule, a tree, a plugin) is one of these; the text, the
/// JSON form and `reinit explain` are all made from the same value.
public struct Diagnostic: Error, Sendable, Equatable {
  /// What kind of failure this is; stable over releases.
  public var code: ErrorCode
  /// What happened: a lowercase sentence without a final period, values in quotes.
  public var message: String
  /// Where: a key path, a file, a byte, a rule.
  public var place: String?
  /// What would have been right.
  public var expected: String?
  /// What was there instead.
  public var found: String?
  /// Further lines of context.
  public var notes: [String]
  /// Statements with something that can be pasted.
  public var hints: [String]

  /// Makes a diagnostic from a code and its particulars.
  public init(
    _ code: ErrorCode, _ message: String, at place: String? = nil, expected: String? = nil, found: String? = nil,
    notes: [String] = [], hints: [String] = []
  ) {
    self.code = code
    self.message = message
    self.place = place
    self.expected = expected
    self.found = found
    self.notes = notes
    self.hints = hints
  }

  /// The same diagnostic with one more hint.
  public func hinting(_ hint: String) -> Diagnostic {
    var copy = self
    copy.hints.append(hint)
    return copy
  }

  /// The same diagnostic with a place, unless it has one.
  public func at(_ place: String) -> Diagnostic {
    var copy = self
    copy.place = copy.place ?? place
    return copy
  }
}

extension Diagnostic: CustomStringConvertible {
  /// `error[R0203]: …` with its context and hints, a line each.
  public var description: String {
    var lines = ["error[\(code.id)]: \(message)"]
    if let place { lines.append("      at \(place)") }
    if let expected { lines.append("      expected \(expected)") }
    if let found { lines.append("      found \(found)") }
    lines += notes.map { "      \($0)" }
    lines += hints.map { "  hint: \($0)" }
    return lines.joined(separator: "\n")
  }
}
