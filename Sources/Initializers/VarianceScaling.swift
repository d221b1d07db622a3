import CallText
import Diagnostics
import LayerVocabulary

/// The scheme behind Glorot, He and LeCun with every choice open, as in JAX and Keras.
public struct VarianceScaling: CatalogInitializer {
  /// The variance times the fan.
  public var scale: Double
  /// The fan that is divided by.
  public var mode: FanMode
  /// Normal, truncated normal or uniform.
  public var distribution: Spread
  /// Where fans come from.
  public var fans: FanRule

  /// A variance-scaling initializer.
  public init(
    scale: Double = 1, mode: FanMode = .fanIn, distribution: Spread = .truncatedNormal, fans: FanRule = .layer
  ) {
    self.scale = scale
    self.mode = mode
    self.distribution = distribution
    self.fans = fans
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    self.init(
      scale: try arguments.number("scale"), mode: try arguments.word("mode"),
      distribution: try arguments.word("distribution", aliases: ["untruncated_normal": .normal]),
      fans: try arguments.word("fans"))
  }

  static let described = InitializerDescriptor(
    "variance_scaling", summary: "variance scale/fan, in three distributions",
    formula: "Var w = scale / fan; normal, truncated_normal at ±2σ (corrected), or uniform ±√(3·scale/fan)",
    parameters: [
      .init("scale", .number(1), "above 0"), .mode(.fanIn),
      .init(
        "distribution", .word("truncated_normal"), "normal (or untruncated_normal), truncated_normal, uniform"
      ),
      .fans,
    ],
    reference: "jax.nn.initializers.variance_scaling; keras.initializers.VarianceScaling")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { VarianceScaling.described }

  /// In the order of the parameters.
  public var values: [ArgumentValue] {
    [.number(scale), .word(mode.rawValue), .word(distribution.rawValue), .word(fans.rawValue)]
  }

  /// Refuses scales that are not positive.
  public func check() throws(Diagnostic) {
    try require(scale.isFinite && scale > 0, "scale", scale, "a finite number above 0")
  }

  /// A variance of scale/fan.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    distribution.draw(std: (scale / (try fan(mode, by: fans, of: context))).squareRoot())
  }
}

extension Initializer where Self == VarianceScaling {
  /// Variance scale/fan in a distribution.
  public static func varianceScaling(
    scale: Double = 1, mode: FanMode = .fanIn, distribution: Spread = .truncatedNormal, fans: FanRule = .layer
  ) -> VarianceScaling {
    VarianceScaling(scale: scale, mode: mode, distribution: distribution, fans: fans)
  }
}
