import CKernels
import CallText
import Diagnostics
import Glibc
import LayerVocabulary
import Tensors

/// A normal distribution cut to an open interval, with what its bounds and its `std` mean said by name.
///
/// Values are drawn inside of the interval: nothing is clamped to a bound. Bounds that cut off less than 32 bits
/// can tell are no truncation.
public struct TruncatedNormal: CatalogInitializer {
  /// What bounds are measured in.
  public enum Bounds: String, Sendable, CaseIterable {
    /// The unit of the values, as in torch, Flux and timm's `trunc_normal_`.
    case absolute
    /// Standard deviations of the parent from its mean, as in JAX, Keras and timm's `trunc_normal_tf_`.
    case sigma
  }
  /// Whose standard deviation is given.
  public enum Subject: String, Sendable, CaseIterable {
    /// The normal distribution before it is cut.
    case parent
    /// The values: the parent is widened accordingly, at ±2σ by 1/0.8796256610342398.
    case result
  }

  /// The mean of the parent.
  public var mean: Double
  /// The standard deviation of ``of``.
  public var std: Double
  /// The lower bound; may be −∞.
  public var low: Double
  /// The upper bound; may be ∞.
  public var high: Double
  /// What bounds are measured in.
  public var bounds: Bounds
  /// Whose standard deviation is given.
  public var of: Subject

  /// A truncated normal distribution.
  public init(
    mean: Double = 0, std: Double = 1, low: Double = -2, high: Double = 2, bounds: Bounds = .absolute,
    of: Subject = .parent
  ) {
    self.mean = mean
    self.std = std
    self.low = low
    self.high = high
    self.bounds = bounds
    self.of = of
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    self.init(
      mean: try arguments.number("mean"), std: try arguments.number("std"), low: try arguments.number("low"),
      high: try arguments.number("high"), bounds: try arguments.word("bounds"), of: try arguments.word("of"))
  }

  static let described = InitializerDescriptor(
    "truncated_normal", aliases: ["trunc_normal"], summary: "normal, cut to an interval without clamping",
    formula: "w ~ N(mean, σ²) given low < w < high; σ = std, or such that the result has std",
    parameters: [
      .init("mean", .number(0), "of the parent"),
      .init("std", .number(1), "at least 0"),
      .init("low", .number(-2), "a number or -inf"),
      .init("high", .number(2), "above low; a number or inf"),
      .init("bounds", .word("absolute"), "absolute, or sigma: multiples of the parent's σ from the mean"),
      .init("of", .word("parent"), "whose standard deviation std is: parent or result"),
    ],
    reference: "torch.nn.init.trunc_normal_; jax.nn.initializers.truncated_normal (bounds: sigma)")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { TruncatedNormal.described }

  /// In the order of the parameters.
  public var values: [ArgumentValue] {
    [.number(mean), .number(std), .number(low), .number(high), .word(bounds.rawValue), .word(of.rawValue)]
  }

  /// Refuses what is no distribution.
  public func check() throws(Diagnostic) {
    try requireFinite("mean", mean)
    try requireDeviation("std", std)
    try require(!low.isNaN, "low", low, "a number or -inf")
    try require(!high.isNaN, "high", high, "a number or inf")
    try require(low < high, "low", low, "less than high, \(ArgumentValue.number(high))")
  }

  /// The truncated draw, with absolute bounds; a plain normal one where they cut nothing off.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    guard std > 0 else {
      let isInside = bounds == .sigma || (low < mean && mean < high)
      try require(isInside, "mean", mean, "between low and high where std is 0")
      return .constant(mean)
    }
    let parent = try parentStd()
    guard bounds == .sigma else { return try draw(parent: parent, low, high, in: context.dtype) }
    return try draw(parent: parent, mean + parent * low, mean + parent * high, in: context.dtype)
  }

  private func parentStd() throws(Diagnostic) -> Double {
    switch (of, bounds) {
    case (.parent, _): return std
    case (.result, .sigma):
      guard TruncatedMoments.hasMass(low: low, high: high) else { throw nothingLeft(std, low, high) }
      return std / TruncatedMoments.std(low: low, high: high)
    case (.result, .absolute):
      let limit = (high - low) / 12.0.squareRoot()
      guard std < limit else {
        throw Diagnostic(
          .argumentOutOfRange, "argument 'std' of 'truncated_normal' is out of range",
          expected: "less than \(limit), which is that of the uniform distribution between the bounds",
          found: "'\(ArgumentValue.number(std))'")
      }
      guard let parent = TruncatedMoments.parentStd(forResult: std, low: low - mean, high: high - mean) else {
        throw nothingLeft(std, low, high)
      }
      return parent
    }
  }

  private func draw(parent: Double, _ low: Double, _ high: Double, in dtype: DType) throws(Diagnostic) -> Draw {
    var truncation = rk_truncation()
    let isPossible = rk_truncation_make(&truncation, Float(low), Float(high), Float(mean), Float(parent))
    if isPossible, truncation.method == RK_TRUNCATION_WHOLE.rawValue, isOutOfReach(low, high, of: parent, in: dtype) {
      return .normal(mean: mean, std: parent)
    }
    // Numbers that a float cannot hold are refused afterwards, by name.
    if isPossible || Float(parent) == 0 || !Float(parent).isFinite || !Float(mean).isFinite {
      return .truncatedNormal(mean: mean, std: parent, low: low, high: high)
    }
    throw nothingLeft(parent, low, high)
  }

  /// Whether normal values stay between the bounds without a cut, rounded to the type as well.
  private func isOutOfReach(_ low: Double, _ high: Double, of parent: Double, in dtype: DType) -> Bool {
    guard dtype != .f32, dtype != .f64 else { return true }
    // Rounding moves a value by 1/256 of itself at most.
    let reach = Draw.reach * parent
    let margin = (abs(mean) + reach) / 128
    return low < mean - reach - margin && high > mean + reach + margin
  }

  private func nothingLeft(_ std: Double, _ low: Double, _ high: Double) -> Diagnostic {
    Diagnostic(
      .argumentOutOfRange, "the bounds of 'truncated_normal' leave next to nothing of the distribution",
      expected:
        "at least 2⁻⁴⁰ of the mass of N(\(ArgumentValue.number(mean)), \(ArgumentValue.number(std))²)",
      found: "between '\(ArgumentValue.number(low))' and '\(ArgumentValue.number(high))'")
  }
}

extension Initializer where Self == TruncatedNormal {
  /// A normal distribution cut to an interval; torch's absolute bounds ±2 unless said otherwise.
  public static func truncatedNormal(
    mean: Double = 0, std: Double = 1, low: Double = -2, high: Double = 2,
    bounds: TruncatedNormal.Bounds = .absolute, of: TruncatedNormal.Subject = .parent
  ) -> TruncatedNormal {
    TruncatedNormal(mean: mean, std: std, low: low, high: high, bounds: bounds, of: of)
  }
}
