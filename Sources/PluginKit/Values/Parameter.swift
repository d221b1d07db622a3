import CReinit

/// Which numbers a parameter allows; the host refuses the others before the plugin sees them.
public struct Bounds: Sendable, Hashable {
  var low: Double?
  var high: Double?
  var flags = 0

  /// All numbers.
  public static let any = Bounds()

  /// `low` or more.
  public static func atLeast(_ low: Double) -> Bounds { Bounds(low: low, flags: RI_PARAM_MIN) }

  /// More than `low`.
  public static func above(_ low: Double) -> Bounds {
    Bounds(low: low, flags: RI_PARAM_MIN | RI_PARAM_MIN_OPEN)
  }

  /// `low` to `high`, both allowed.
  public static func between(_ low: Double, _ high: Double) -> Bounds {
    Bounds(low: low, high: high, flags: RI_PARAM_MIN | RI_PARAM_MAX)
  }

  /// `low` to `high`, of which `high` itself is not allowed.
  public static func from(_ low: Double, below high: Double) -> Bounds {
    Bounds(low: low, high: high, flags: RI_PARAM_MIN | RI_PARAM_MAX | RI_PARAM_MAX_OPEN)
  }

  /// More than `low`, and at most `high`.
  public static func above(_ low: Double, through high: Double) -> Bounds {
    Bounds(low: low, high: high, flags: RI_PARAM_MIN | RI_PARAM_MIN_OPEN | RI_PARAM_MAX)
  }
}

/// What a user may set: a name, a type, a default or none, a range.
///
/// A parameter without a default is required. Names are `[a-z][a-z0-9_]*`, unique within their initializer or
/// layer; summaries are one line: meaning and unit.
public struct Parameter: Sendable, Hashable {
  /// What users write before the colon.
  public let name: String
  let summary: String
  let initial: Argument
  let isRequired: Bool
  var bounds = Bounds.any
  var choices: [String] = []
  var mayBeWithoutEffect = false
  var mayBeNonFinite = false

  private init(_ name: String, _ given: Argument?, or empty: Argument, _ summary: String) {
    self.name = name
    self.summary = summary
    initial = given ?? empty
    isRequired = given == nil
  }

  /// Yes or no.
  public static func bool(_ name: String, default initial: Bool? = nil, _ summary: String) -> Parameter {
    Parameter(name, initial.map { .bool($0) }, or: .bool(false), summary)
  }

  /// A whole number.
  public static func int(
    _ name: String, default initial: Int? = nil, in bounds: Bounds = .any, _ summary: String
  ) -> Parameter {
    Parameter(name, initial.map { .int($0) }, or: .int(0), summary).within(bounds)
  }

  /// A number.
  public static func real(
    _ name: String, default initial: Double? = nil, in bounds: Bounds = .any, _ summary: String
  ) -> Parameter {
    Parameter(name, initial.map { .real($0) }, or: .real(0), summary).within(bounds)
  }

  /// A word: one of `choices`, or any where there are none.
  public static func word(
    _ name: String, default initial: String? = nil, of choices: [String] = [], _ summary: String
  ) -> Parameter {
    var parameter = Parameter(name, initial.map { .word($0) }, or: .word(""), summary)
    parameter.choices = choices
    return parameter
  }

  /// Whole numbers, each within the bounds.
  public static func ints(
    _ name: String, default initial: [Int]? = nil, in bounds: Bounds = .any, _ summary: String
  ) -> Parameter {
    Parameter(name, initial.map { .ints($0) }, or: .ints([]), summary).within(bounds)
  }

  /// Numbers, each within the bounds.
  public static func reals(
    _ name: String, default initial: [Double]? = nil, in bounds: Bounds = .any, _ summary: String
  ) -> Parameter {
    Parameter(name, initial.map { .reals($0) }, or: .reals([]), summary).within(bounds)
  }

  /// The parameter, of which another value need not change a result.
  public func withoutEffectAtTimes() -> Parameter {
    var copy = self
    copy.mayBeWithoutEffect = true
    return copy
  }

  /// The parameter, of which infinity and NaN are values too.
  public func acceptingNonFinite() -> Parameter {
    var copy = self
    copy.mayBeNonFinite = true
    return copy
  }

  private func within(_ bounds: Bounds) -> Parameter {
    var copy = self
    copy.bounds = bounds
    return copy
  }

  /// The declaration for the host, which borrows it from the arena.
  func declaration(in arena: Arena) -> ri_param {
    var declaration = ri_param()
    declaration.struct_size = UInt32(MemoryLayout<ri_param>.size)
    var flags = bounds.flags
    if isRequired { flags |= RI_PARAM_REQUIRED }
    if mayBeWithoutEffect { flags |= RI_PARAM_MAY_HAVE_NO_EFFECT }
    if mayBeNonFinite { flags |= RI_PARAM_NON_FINITE }
    declaration.flags = UInt32(flags)
    declaration.name = arena.text(name)
    declaration.summary = arena.text(summary)
    declaration.default_value = initial.value(in: arena)
    declaration.min = bounds.low ?? 0
    declaration.max = bounds.high ?? 0
    if !choices.isEmpty { declaration.choices = UnsafePointer(arena.array(choices.map(arena.text))) }
    declaration.n_choices = UInt64(choices.count)
    return declaration
  }
}
