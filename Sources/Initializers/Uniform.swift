import CallText
import Diagnostics
import LayerVocabulary

/// Uniform in `[low, high)`; torch's bounds 0 and 1 unless given.
public struct Uniform: CatalogInitializer {
  /// The smallest value.
  public var low: Double
  /// The bound above all values.
  public var high: Double

  /// A uniform distribution.
  public init(low: Double = 0, high: Double = 1) {
    self.low = low
    self.high = high
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    self.init(low: try arguments.number("low"), high: try arguments.number("high"))
  }

  static let described = InitializerDescriptor(
    "uniform", aliases: ["random_uniform"], summary: "uniform between two bounds",
    formula: "w ~ U[low, high)",
    parameters: [.init("low", .number(0), "a finite number"), .init("high", .number(1), "at least low")],
    reference: "torch.nn.init.uniform_")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { Uniform.described }

  /// `low`, `high`.
  public var values: [ArgumentValue] { [.number(low), .number(high)] }

  /// Refuses infinite bounds and bounds in the wrong order.
  public func check() throws(Diagnostic) {
    try requireFinite("low", low)
    try requireFinite("high", high)
    try require(low <= high, "low", low, "at most high, \(ArgumentValue.number(high))")
  }

  /// The uniform draw; a constant one if the bounds are equal.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    low == high ? .constant(low) : .uniform(low: low, high: high)
  }
}

extension Initializer where Self == Uniform {
  /// Uniform in `[low, high)`.
  public static func uniform(low: Double = 0, high: Double = 1) -> Uniform { Uniform(low: low, high: high) }
}
