import CallText
import Diagnostics
import LayerVocabulary

/// Keeps the variance of inputs through a linear map.
///
/// LeCun et al. 1998, eq. 16; for SELU, Klambauer et al. 2017.
public struct Lecun: CatalogInitializer {
  /// Uniform, or normal cut at two standard deviations.
  public let spread: Spread
  /// A factor of the standard deviation.
  public var gain: Double
  /// What the bounds ±2 of the normal are measured in.
  public var bounds: TruncatedNormal.Bounds
  /// Whose standard deviation is gain/√fan_in.
  public var of: TruncatedNormal.Subject
  /// Where fans come from.
  public var fans: FanRule

  /// A LeCun initializer.
  init(
    _ spread: Spread, gain: Double = 1, bounds: TruncatedNormal.Bounds = .sigma,
    of: TruncatedNormal.Subject = .result, fans: FanRule = .layer
  ) {
    self.spread = spread
    self.gain = gain
    self.bounds = bounds
    self.of = of
    self.fans = fans
  }

  init(uniform arguments: Arguments) throws(Diagnostic) {
    self.init(.uniform, gain: try arguments.number("gain"), fans: try arguments.word("fans"))
  }

  init(normal arguments: Arguments) throws(Diagnostic) {
    self.init(
      .truncatedNormal, gain: try arguments.number("gain"), bounds: try arguments.word("bounds"),
      of: try arguments.word("of"), fans: try arguments.word("fans"))
  }

  private static let gainParameter = InitializerDescriptor.Parameter(
    "gain", .number(1), "a factor, at least 0")
  static let uniform = InitializerDescriptor(
    "lecun_uniform", summary: "uniform, scaled by the number of inputs",
    formula: "w ~ U[−b, b), b = gain·√(3 / fan_in)", parameters: [gainParameter, .fans],
    reference: "LeCun et al. 1998, Efficient BackProp, eq. 16")
  static let normal = InitializerDescriptor(
    "lecun_normal", summary: "normal cut at two standard deviations, scaled by the number of inputs",
    formula: "w ~ N(0, σ²) given |w| < 2σ, the result's deviation gain / √fan_in",
    parameters: [
      gainParameter,
      .init("bounds", .word("sigma"), "sigma: ±2σ of the parent; absolute: ±2, as in Flux"),
      .init("of", .word("result"), "whose standard deviation gain/√fan_in is: result, or parent as in Flux"),
      .fans,
    ],
    reference: "LeCun et al. 1998, eq. 16; jax.nn.initializers.lecun_normal; Klambauer et al. 2017")

  /// `lecun_uniform` or `lecun_normal`.
  public var descriptor: InitializerDescriptor { spread == .uniform ? Lecun.uniform : Lecun.normal }

  /// In the order of the parameters.
  public var values: [ArgumentValue] {
    spread == .uniform
      ? [.number(gain), .word(fans.rawValue)]
      : [.number(gain), .word(bounds.rawValue), .word(of.rawValue), .word(fans.rawValue)]
  }

  /// Refuses gains that are negative or not finite.
  public func check() throws(Diagnostic) { try requireDeviation("gain", gain) }

  /// A standard deviation of gain/√fan_in.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let std = gain / (try fan(.fanIn, by: fans, of: context)).squareRoot()
    guard spread != .uniform, std > 0, bounds == .absolute || of == .parent else {
      return spread.draw(std: std)
    }
    return try TruncatedNormal(std: std, bounds: bounds, of: of).resolve(for: context)
  }
}

extension Initializer where Self == Lecun {
  /// Uniform between ±gain·√(3/fan_in).
  public static func lecunUniform(gain: Double = 1, fans: FanRule = .layer) -> Lecun {
    Lecun(.uniform, gain: gain, fans: fans)
  }
  /// Normal cut at two standard deviations; the result's is gain/√fan_in.
  public static func lecunNormal(gain: Double = 1, fans: FanRule = .layer) -> Lecun {
    Lecun(.truncatedNormal, gain: gain, fans: fans)
  }
}
