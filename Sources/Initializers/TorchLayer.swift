import CallText
import Diagnostics
import Functors
import LayerVocabulary

/// How torch's linear and convolutional layers begin: uniform between ±1/√fan_in, weights and biases alike.
///
/// For weights the same as `kaiming_uniform(slope: 2.23606797749979)`, which is how torch writes it. A bias takes
/// the fan of its layer's weight.
public struct TorchLayer: CatalogInitializer {
  /// The fan, if it is not to be taken from the layer.
  public var fanIn: Double?
  /// Where fans come from.
  public var fans: FanRule

  /// torch's layer default.
  public init(fanIn: Double? = nil, fans: FanRule = .layer) {
    self.fanIn = fanIn
    self.fans = fans
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    self.init(fanIn: try arguments.number("fan_in", or: "auto"), fans: try arguments.word("fans"))
  }

  static let described = InitializerDescriptor(
    "torch_layer", summary: "torch's default for weights and biases of linear and convolutional layers",
    formula: "w ~ U[−b, b), b = 1 / √fan_in; for a bias the fan_in of its layer's weight",
    parameters: [.init("fan_in", .word("auto"), "a number above 0 instead of the layer's"), .fans],
    reference: "torch.nn.Linear.reset_parameters: kaiming_uniform_(a=√5)")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { TorchLayer.described }

  /// `fan_in`, `fans`.
  public var values: [ArgumentValue] {
    [fanIn.map(ArgumentValue.number) ?? .word("auto"), .word(fans.rawValue)]
  }

  /// Refuses fans that are not positive.
  public func check() throws(Diagnostic) {
    if let fanIn { try require(fanIn.isFinite && fanIn > 0, "fan_in", fanIn, "a finite number above 0") }
  }

  /// Uniform between ±1/√fan_in.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    let bound = 1 / (try resolvedFan(of: context)).squareRoot()
    return .uniform(low: -bound, high: bound)
  }

  private func resolvedFan(of context: ParameterContext) throws(Diagnostic) -> Double {
    if let fanIn { return fanIn }
    guard context.role == .bias, context.geometry == nil else {
      return try fan(.fanIn, by: fans, of: context)
    }
    guard let fans = context.weightFans else {
      throw Diagnostic(
        .noFan, "'torch_layer' needs the fan of the weight beside '\(context.name)', which is not known",
        at: context.name, hints: ["'\(context.name)=torch_layer(fan_in: 256)' gives it by hand"])
    }
    return Double(fans.fanIn)
  }
}

extension Initializer where Self == TorchLayer {
  /// Uniform between ±1/√fan_in, as torch's layers begin.
  public static func torchLayer(fanIn: Double? = nil, fans: FanRule = .layer) -> TorchLayer {
    TorchLayer(fanIn: fanIn, fans: fans)
  }
}
