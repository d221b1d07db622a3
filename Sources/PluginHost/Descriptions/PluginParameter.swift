import CallText
import Diagnostics
import Initializers
import LayerVocabulary

/// One hyper-parameter of a plugin's initializer or layer, as it was declared.
public struct PluginParameter: Sendable, Equatable {
  /// The type of a value.
  public enum Kind: String, Sendable {
    /// `true` or `false`.
    case bool
    /// A whole number of 64 bits.
    case int
    /// A number.
    case real
    /// A word, perhaps one of ``PluginParameter/choices``.
    case word
    /// Whole numbers in brackets.
    case ints
    /// Numbers in brackets.
    case reals
  }

  /// The name, `[a-z][a-z0-9_]*`.
  public var name: String
  /// One line: meaning, unit.
  public var summary: String
  /// The type.
  public var kind: Kind
  /// The value where none is given; nil if one must be.
  public var defaultValue: ArgumentValue?
  /// The lower bound of each number, and whether it is itself excluded.
  public var minimum: Bound?
  /// The upper bound.
  public var maximum: Bound?
  /// The words that are allowed; empty for any.
  public var choices: [String]
  /// Whether another value need not change a result.
  public var mayHaveNoEffect: Bool
  /// Whether infinite numbers, and what is not a number, are values as others.
  public var takesNonFinite: Bool

  /// One end of a range.
  public struct Bound: Sendable, Equatable {
    /// The number.
    public var value: Double
    /// Whether the number itself is not allowed.
    public var isOpen: Bool

    /// A bound.
    public init(_ value: Double, isOpen: Bool = false) {
      self.value = value
      self.isOpen = isOpen
    }
  }

  /// A parameter from its parts.
  public init(
    name: String, summary: String, kind: Kind, defaultValue: ArgumentValue?, minimum: Bound? = nil,
    maximum: Bound? = nil, choices: [String] = [], mayHaveNoEffect: Bool = false, takesNonFinite: Bool = false
  ) {
    self.name = name
    self.summary = summary
    self.kind = kind
    self.defaultValue = defaultValue
    self.minimum = minimum
    self.maximum = maximum
    self.choices = choices
    self.mayHaveNoEffect = mayHaveNoEffect
    self.takesNonFinite = takesNonFinite
  }

  /// What `explain` prints, and what binds arguments.
  public var described: InitializerDescriptor.Parameter {
    let range = rangeText
    let isTold = range.isEmpty || summary.contains(range)
    return InitializerDescriptor.Parameter(
      name, defaultValue, isTold ? summary : "\(summary) (\(range))",
      takesNumbersAlone: [.int, .real].contains(kind) && choices.isEmpty)
  }

  /// `≥ 1`, `> 0, ≤ 10`, `fan_in or fan_out`; empty where everything is allowed.
  var rangeText: String {
    guard choices.isEmpty else { return choices.joined(separator: " or ") }
    let lower = minimum.map { "\($0.isOpen ? ">" : "≥") \(ArgumentValue.number($0.value))" }
    let upper = maximum.map { "\($0.isOpen ? "<" : "≤") \(ArgumentValue.number($0.value))" }
    return [lower, upper].compactMap { $0 }.joined(separator: ", ")
  }
}

extension PluginParameter {
  /// Refuses a value of another type, or out of range.
  /// - Throws: ``Diagnostics/ErrorCode/argumentKind``, ``Diagnostics/ErrorCode/argumentOutOfRange``.
  package func check(_ value: ArgumentValue, of owner: String) throws(Diagnostic) {
    guard isOfKind(value) else {
      throw Diagnostic(
        .argumentKind, "argument '\(name)' of '\(owner)' is of the wrong kind", expected: kindText,
        found: "'\(value)'")
    }
    if !takesNonFinite, let wrong = numbers(of: value).first(where: { !$0.isFinite }) {
      throw Diagnostic(
        .argumentOutOfRange, "argument '\(name)' of '\(owner)' is no finite number",
        expected: rangeText.isEmpty ? "a finite number" : rangeText, found: "'\(ArgumentValue.number(wrong))'")
    }
    guard let outside = numbers(of: value).first(where: { !contains($0) }) else { return }
    throw Diagnostic(
      .argumentOutOfRange, "argument '\(name)' of '\(owner)' is out of range", expected: rangeText,
      found: "'\(ArgumentValue.number(outside))'")
  }

  private var kindText: String {
    switch kind {
    case .bool: "'true' or 'false'"
    case .int: "a whole number"
    case .real: "a number"
    case .word: choices.isEmpty ? "a word" : "one of " + choices.map { "'\($0)'" }.joined(separator: ", ")
    case .ints: "whole numbers in brackets"
    case .reals: "numbers in brackets"
    }
  }

  private func isOfKind(_ value: ArgumentValue) -> Bool {
    switch (kind, value) {
    case (.bool, .word(let word)): word == "true" || word == "false"
    case (.int, .number(let number)): Int64(exactly: number) != nil
    case (.real, .number): true
    case (.word, .word(let word)): choices.isEmpty || choices.contains(word)
    case (.ints, .list(let list)): list.allSatisfy { Int64(exactly: $0) != nil }
    case (.reals, .list): true
    default: false
    }
  }

  private func numbers(of value: ArgumentValue) -> [Double] {
    switch value {
    case .number(let number): [number]
    case .list(let numbers): numbers
    case .word: []
    }
  }

  private func contains(_ number: Double) -> Bool {
    let isAbove = minimum.map { $0.isOpen ? number > $0.value : number >= $0.value } ?? true
    let isBelow = maximum.map { $0.isOpen ? number < $0.value : number <= $0.value } ?? true
    return isAbove && isBelow
  }
}
