import Diagnostics

/// The arguments of one initializer or layer, every parameter with its value: what was given, or the default.
public struct Arguments: Sendable {
  /// One value, and where it was written.
  package struct Bound: Sendable {
    package var value: ArgumentValue
    package var place: String?
  }
  /// The initializer, preset or layer that they belong to.
  package let owner: String
  private let bound: [String: Bound]

  package init(owner: String, _ bound: [String: Bound]) {
    self.owner = owner
    self.bound = bound
  }

  /// The value of a parameter; nil if there is no such parameter, or it has neither argument nor default.
  public subscript(name: String) -> ArgumentValue? { bound[name]?.value }

  /// A number.
  /// - Throws: ``Diagnostics/ErrorCode/argumentKind`` if it is a word or a list.
  public func number(_ name: String) throws(Diagnostic) -> Double {
    guard case .number(let number) = self[name] else { throw wrongKind(name, expected: "a number") }
    return number
  }

  /// A number, or nil for the word that stands for "not given".
  /// - Throws: ``Diagnostics/ErrorCode/argumentKind`` for anything else.
  public func number(_ name: String, or word: String) throws(Diagnostic) -> Double? {
    switch self[name] {
    case .number(let number): return number
    case .word(word): return nil
    default: throw wrongKind(name, expected: "a number or '\(word)'")
    }
  }

  /// A whole number within a range.
  /// - Throws: ``Diagnostics/ErrorCode/argumentKind``, ``Diagnostics/ErrorCode/argumentOutOfRange``.
  public func integer(_ name: String, in range: ClosedRange<Int>) throws(Diagnostic) -> Int {
    let number = try number(name)
    guard let integer = Int(exactly: number), range.contains(integer) else {
      throw outOfRange(
        name, expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
        found: .number(number))
    }
    return integer
  }

  /// One of a few words.
  /// - Throws: ``Diagnostics/ErrorCode/argumentKind`` that lists them.
  public func word<Word: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ type: Word.Type = Word.self, aliases: [String: Word] = [:]
  ) throws(Diagnostic) -> Word {
    let words = Word.allCases.map(\.rawValue)
    if case .word(let word) = self[name] {
      if let value = Word(rawValue: word) ?? aliases[word] { return value }
      throw wrongKind(
        name, expected: "one of " + words.map { "'\($0)'" }.joined(separator: ", "),
        hints: Suggestion.hint(for: word, in: words + aliases.keys.sorted()))
    }
    throw wrongKind(name, expected: "one of " + words.map { "'\($0)'" }.joined(separator: ", "))
  }

  /// A list of numbers; a single number counts as a list of one.
  /// - Throws: ``Diagnostics/ErrorCode/argumentKind`` for a word.
  public func list(_ name: String) throws(Diagnostic) -> [Double] {
    switch self[name] {
    case .number(let number): return [number]
    case .list(let numbers): return numbers
    default: throw wrongKind(name, expected: "a number, or numbers in brackets")
    }
  }

  /// A whole number within a range, or nil for the word that stands for "not given".
  /// - Throws: ``Diagnostics/ErrorCode/argumentKind``, ``Diagnostics/ErrorCode/argumentOutOfRange``.
  public func integer(_ name: String, in range: ClosedRange<Int>, or word: String) throws(Diagnostic) -> Int? {
    self[name] == .word(word) ? nil : try integer(name, in: range)
  }

  /// Whole numbers within a range; a single number counts as a list of one.
  /// - Throws: ``Diagnostics/ErrorCode/argumentKind``, ``Diagnostics/ErrorCode/argumentOutOfRange``.
  public func integers(_ name: String, in range: ClosedRange<Int>) throws(Diagnostic) -> [Int] {
    let numbers = try list(name)
    let integers = numbers.compactMap { Int(exactly: $0) }.filter(range.contains)
    guard integers.count == numbers.count else {
      throw outOfRange(
        name, expected: "whole numbers from \(range.lowerBound) to \(range.upperBound)", found: .list(numbers)
      )
    }
    return integers
  }

  /// One of the words `true` and `false`.
  /// - Throws: ``Diagnostics/ErrorCode/argumentKind`` for anything else.
  public func flag(_ name: String) throws(Diagnostic) -> Bool {
    switch self[name] {
    case .word("true"): return true
    case .word("false"): return false
    default: throw wrongKind(name, expected: "'true' or 'false'")
    }
  }

  /// The error of an argument whose value does not do, at the byte where it was written.
  public func outOfRange(_ name: String, expected: String, found: ArgumentValue) -> Diagnostic {
    Diagnostic(
      .argumentOutOfRange, "argument '\(name)' of '\(owner)' is out of range", at: bound[name]?.place,
      expected: expected, found: "'\(found)'")
  }

  /// The error of an argument of the wrong kind, at the byte where it was written.
  public func wrongKind(_ name: String, expected: String, hints: [String] = []) -> Diagnostic {
    Diagnostic(
      .argumentKind, "argument '\(name)' of '\(owner)' is of the wrong kind", at: bound[name]?.place,
      expected: expected, found: "'\(self[name].map(String.init(describing:)) ?? "nothing")'", hints: hints)
  }
}
