import CallText
import Diagnostics
import Functors
import LayerVocabulary
import Tensors

extension Initializer {
  /// Refuses an argument that is out of range.
  func require(
    _ condition: Bool, _ name: String, _ value: Double, _ expected: String
  ) throws(Diagnostic) {
    guard condition else {
      throw Diagnostic(
        .argumentOutOfRange, "argument '\(name)' of '\(descriptor.name)' is out of range",
        expected: expected, found: "'\(ArgumentValue.number(value))'")
    }
  }

  /// Refuses NaN and infinities.
  func requireFinite(_ name: String, _ value: Double) throws(Diagnostic) {
    try require(value.isFinite, name, value, "a finite number")
  }

  /// Refuses what is not a standard deviation.
  func requireDeviation(_ name: String, _ value: Double) throws(Diagnostic) {
    try require(value.isFinite && value >= 0, name, value, "a finite number, at least 0")
  }

  /// An error about a shape for which the initializer is not defined.
  func unsuitable(_ context: ParameterContext, expected: String) -> Diagnostic {
    Diagnostic(
      .unsuitableShape, "'\(descriptor.name)' is not defined for the shape of '\(context.name)'",
      at: context.name,
      expected: expected, found: "\(context.shape)")
  }

  /// Refuses everything but floating-point tensors; constants may fill integer buffers.
  func requireType(_ context: ParameterContext, isConstant: Bool) throws(Diagnostic) {
    guard !context.dtype.isFloatingPoint else { return }
    guard isConstant, context.role == .buffer, context.dtype != .opaque else {
      let kind = context.dtype == .opaque ? "packed" : context.dtype.rawValue
      throw Diagnostic(
        .notFloatingPoint,
        "'\(descriptor.name)' cannot fill '\(context.name)', a \(context.role) of type '\(kind)'",
        at: context.name, expected: DType.floatingPointNames, found: kind,
        hints: ["--keep '\(context.name)' leaves it as it is"])
    }
  }

  /// Refuses numbers that would become infinite or 0 in the tensor's type.
  func requireRepresentable(_ draw: Draw, in context: ParameterContext) throws(Diagnostic) {
    if draw.method == .constant {
      let value = draw["value"] ?? 0
      guard context.dtype.holds(value) else { throw notRepresentable("value", value, context) }
      return
    }
    for number in draw.numbers where Draw.isScale(number.name) {
      let isOpenEnd = draw.method == .truncatedNormal && (number.name == "low" || number.name == "high")
      guard context.dtype.holds(number.value) || isOpenEnd && number.value.isInfinite else {
        throw notRepresentable(number.name, number.value, context)
      }
    }
    if let std = draw["std"], !context.dtype.holds(draw.extent(std: std)) {
      throw notRepresentable("std", std, context)
    }
    let isBounded = draw.method == .uniform || draw.method == .truncatedNormal
    if isBounded, context.dtype != .f32, draw.bounds(in: context.dtype) == nil {
      throw Diagnostic(
        .notRepresentable, "'\(self)' leaves '\(context.name)' no value: its type has no number between the bounds",
        at: context.name, expected: "bounds with a number of type '\(context.dtype)' between them",
        found: "\(ArgumentValue.number(draw["low"] ?? 0)) to \(ArgumentValue.number(draw["high"] ?? 0))")
    }
  }

  private func notRepresentable(_ name: String, _ value: Double, _ context: ParameterContext) -> Diagnostic {
    Diagnostic(
      .notRepresentable, "'\(self)' gives '\(context.name)' values that its type cannot hold",
      at: context.name,
      expected: "values within the range of '\(context.dtype)'",
      found: "\(name) '\(ArgumentValue.number(value))'")
  }
}

extension Draw {
  /// Whether values are proportional to the number of that name, or bounded by it.
  static func isScale(_ name: String) -> Bool {
    switch name {
    case "std", "gain", "low", "high", "mean", "value": true
    default: false
    }
  }
  /// The largest normal value of 32 random bits, in standard deviations, rounded up.
  static let reach = 6.5
  /// That of 64 bits, which a truncation to a tail uses.
  static let tailReach = 9.5

  /// The largest magnitude that a normal value can have, cut to bounds or not.
  func extent(std: Double) -> Double {
    let mean = self["mean"] ?? 0
    guard method == .truncatedNormal, let low = self["low"], let high = self["high"] else {
      return abs(mean) + Draw.reach * std
    }
    let isTail = Truncation.mass(low: (low - mean) / std, high: (high - mean) / std) < 1 / 64
    let reach = (isTail ? Draw.tailReach : Draw.reach) * std
    return max(abs(max(low, mean - reach)), abs(min(high, mean + reach)))
  }
}

extension DType {
  /// Whether a value survives in this type (for f64, as the f32 that its elements are): finite, and 0 only if it was.
  func holds(_ value: Double) -> Bool {
    func survives(_ rounded: Double) -> Bool { rounded.isFinite && (rounded != 0 || value == 0) }
    switch self {
    case .f64, .f32: return survives(Double(Float(value)))
    case .f16, .bf16, .f8e4m3, .f8e5m2: return survives(rounded(value))
    case .bool: return value == 0 || value == 1
    case .i64: return Int64(exactly: value) != nil
    case .i32: return Int32(exactly: value) != nil
    case .i16: return Int16(exactly: value) != nil
    case .i8: return Int8(exactly: value) != nil
    case .u64: return UInt64(exactly: value) != nil
    case .u32: return UInt32(exactly: value) != nil
    case .u16: return UInt16(exactly: value) != nil
    case .u8: return UInt8(exactly: value) != nil
    case .opaque: return false
    }
  }
}
