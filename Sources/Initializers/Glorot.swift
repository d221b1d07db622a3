import CallText
import Diagnostics
import LayerVocabulary

/// Keeps variance between inputs and outputs in both directions.
///
/// Glorot and Bengio 2010, eq. 12 and 16.
public struct Glorot: CatalogInitializer {
  /// Uniform or plain normal.
  public let spread: Spread
  /// A factor of the standard deviation.
  public var gain: Double
  /// Where fans come from.
  public var fans: FanRule

  /// A Glorot initializer.
  init(_ spread: Spread, gain: Double = 1, fans: FanRule = .layer) {
    self.spread = spread
    self.gain = gain
    self.fans = fans
  }

  init(_ spread: Spread, _ arguments: Arguments) throws(Diagnostic) {
    self.init(spread, gain: try arguments.number("gain"), fans: try arguments.word("fans"))
  }

  private static let parameters: [InitializerDescriptor.Parameter] = [
    .init("gain", .number(1), "a factor, at least 0"), .fans,
  ]
  private static let reference = "Glorot and Bengio 2010, eq. 16; torch.nn.init.xavier_"

  static let uniform = InitializerDescriptor(
    "glorot_uniform", aliases: ["xavier_uniform"], summary: "uniform, scaled by the mean of both fans",
    formula: "w ~ U[−b, b), b = gain·√(6 / (fan_in + fan_out))", parameters: parameters,
    reference: reference + "uniform_")
  static let normal = InitializerDescriptor(
    "glorot_normal", aliases: ["xavier_normal"], summary: "plain normal, scaled by the mean of both fans",
    formula: "w ~ N(0, σ²), σ = gain·√(2 / (fan_in + fan_out))", parameters: parameters,
    reference: reference + "normal_ (JAX's and Keras's are truncated: variance_scaling)")

  /// `glorot_uniform` or `glorot_normal`.
  public var descriptor: InitializerDescriptor { spread == .uniform ? Glorot.uniform : Glorot.normal }

  /// `gain`, `fans`.
  public var values: [ArgumentValue] { [.number(gain), .word(fans.rawValue)] }

  /// Refuses gains that are negative or not finite.
  public func check() throws(Diagnostic) { try requireDeviation("gain", gain) }

  /// A standard deviation of gain/√(mean fan).
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    spread.draw(std: gain / (try fan(.fanAverage, by: fans, of: context)).squareRoot())
  }
}

extension InitializerDescriptor.Parameter {
  /// Where fans come from; every fan-based initializer has it.
  package static let fans = Self(
    "fans", .word("layer"),
    "layer: the layer's own fans; whole: groups and parts as one map; shape: of [out, in, …]; trailing: of […, in, out]"
  )
  /// The measure of fans.
  static func mode(_ mode: FanMode) -> Self {
    Self("mode", .word(mode.rawValue), "fan_in, fan_out, fan_avg or fan_geo_avg")
  }
}

extension Initializer where Self == Glorot {
  /// Uniform between ±gain·√(6/(fan_in + fan_out)).
  public static func glorotUniform(gain: Double = 1, fans: FanRule = .layer) -> Glorot {
    Glorot(.uniform, gain: gain, fans: fans)
  }
  /// Normal with standard deviation gain·√(2/(fan_in + fan_out)).
  public static func glorotNormal(gain: Double = 1, fans: FanRule = .layer) -> Glorot {
    Glorot(.normal, gain: gain, fans: fans)
  }
}
