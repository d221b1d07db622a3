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
        at: context.name, expected: "f64, f32, f16 or bf16", found: kind,
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
    for number in draw.numbers where number.value.isFinite && Draw.isScale(number.name) {
      guard context.dtype.holds(number.value) else {
        throw notRepresentable(number.name, number.value, context)
      }
    }
    if let std = draw["std"], draw.method != .truncatedNormal {
      let reach = abs(draw["mean"] ?? 0) + Draw.reach * std
      guard context.dtype.holds(reach) else { throw notRepresentable("std", std, context) }
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
}

extension DType {
  /// Whether a value survives the way through an f32 into this type: not infinite, and 0 only if it was.
  func holds(_ value: Double) -> Bool {
    func survives(_ rounded: Float) -> Bool { rounded.isFinite && (rounded != 0 || value == 0) }
    switch self {
    case .f64, .f32: return survives(Float(value))
    case .f16: return survives(Float(Float16(Float(value))))
    case .bf16: return value == 0 || (abs(value) > 0x1p-134 && abs(value) < 0x1.FFp127)
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
