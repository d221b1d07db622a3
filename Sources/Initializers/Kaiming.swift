import CallText
import Diagnostics
import LayerVocabulary

/// Keeps variance through a rectifier.
///
/// He et al. 2015, eq. 10 and 14.
public struct Kaiming: CatalogInitializer {
  /// Uniform or plain normal.
  public let spread: Spread
  /// The fan that is divided by.
  public var mode: FanMode
  /// The activation behind the layer.
  public var nonlinearity: Nonlinearity
  /// The slope of leaky ReLU below 0.
  public var slope: Double
  /// A factor of the standard deviation, instead of the activation's.
  public var gain: Double?
  /// Where fans come from.
  public var fans: FanRule

  /// A Kaiming initializer; torch's defaults: `fan_in`, leaky ReLU of slope 0, so a gain of √2.
  init(
    _ spread: Spread, mode: FanMode = .fanIn, nonlinearity: Nonlinearity = .leakyReLU, slope: Double = 0,
    gain: Double? = nil, fans: FanRule = .layer
  ) {
    self.spread = spread
    self.mode = mode
    self.nonlinearity = nonlinearity
    self.slope = slope
    self.gain = gain
    self.fans = fans
  }

  init(_ spread: Spread, _ arguments: Arguments) throws(Diagnostic) {
    self.init(
      spread, mode: try arguments.word("mode"),
      nonlinearity: try arguments.word("nonlinearity", aliases: Nonlinearity.aliases),
      slope: try arguments.number("slope"), gain: try arguments.number("gain", or: "auto"),
      fans: try arguments.word("fans"))
  }

  private static let parameters: [InitializerDescriptor.Parameter] = [
    .mode(.fanIn),
    .init(
      "nonlinearity", .word("leaky_relu"),
      Nonlinearity.allCases.map(\.rawValue).joined(separator: ", ")),
    .init("slope", .number(0), "of leaky_relu below 0"),
    .init("gain", .word("auto"), "a factor instead of the nonlinearity's, at least 0"),
    .fans,
  ]
  private static let reference = "He et al. 2015, eq. 10 and 14; torch.nn.init.kaiming_"

  static let uniform = InitializerDescriptor(
    "kaiming_uniform", aliases: ["he_uniform"], summary: "uniform, scaled by a fan and an activation's gain",
    formula: "w ~ U[−b, b), b = √3·gain / √fan", parameters: parameters, reference: reference + "uniform_")
  static let normal = InitializerDescriptor(
    "kaiming_normal", aliases: ["he_normal"],
    summary: "plain normal, scaled by a fan and an activation's gain",
    formula: "w ~ N(0, σ²), σ = gain / √fan", parameters: parameters,
    reference: reference + "normal_ (JAX's and Keras's he_normal are truncated: variance_scaling)")

  /// `kaiming_uniform` or `kaiming_normal`.
  public var descriptor: InitializerDescriptor { spread == .uniform ? Kaiming.uniform : Kaiming.normal }

  /// In the order of the parameters.
  public var values: [ArgumentValue] {
    [
      .word(mode.rawValue), .word(nonlinearity.rawValue), .number(slope),
      gain.map(ArgumentValue.number) ?? .word("auto"),
      .word(fans.rawValue),
    ]
  }

  /// Refuses slopes and gains that are not finite, and negative gains.
  public func check() throws(Diagnostic) {
    try requireFinite("slope", slope)
    if let gain { try requireDeviation("gain", gain) }
  }

  /// A standard deviation of gain/√fan.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let gain = gain ?? Gain.of(nonlinearity, slope: slope)
    return spread.draw(std: gain / (try fan(mode, by: fans, of: context)).squareRoot())
  }
}

extension Initializer where Self == Kaiming {
  /// Uniform between ±√3·gain/√fan.
  public static func kaimingUniform(
    mode: FanMode = .fanIn, nonlinearity: Nonlinearity = .leakyReLU, slope: Double = 0, gain: Double? = nil,
    fans: FanRule = .layer
  ) -> Kaiming {
    Kaiming(.uniform, mode: mode, nonlinearity: nonlinearity, slope: slope, gain: gain, fans: fans)
  }
  /// Normal with standard deviation gain/√fan.
  public static func kaimingNormal(
    mode: FanMode = .fanIn, nonlinearity: Nonlinearity = .leakyReLU, slope: Double = 0, gain: Double? = nil,
    fans: FanRule = .layer
  ) -> Kaiming {
    Kaiming(.normal, mode: mode, nonlinearity: nonlinearity, slope: slope, gain: gain, fans: fans)
  }
}
