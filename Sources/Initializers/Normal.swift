import CallText
import Diagnostics
import LayerVocabulary

/// Normal with a mean and a standard deviation; torch's 0 and 1 unless given.
public struct Normal: CatalogInitializer {
  /// The mean.
  public var mean: Double
  /// The standard deviation.
  public var std: Double

  /// A normal distribution.
  public init(mean: Double = 0, std: Double = 1) {
    self.mean = mean
    self.std = std
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    self.init(mean: try arguments.number("mean"), std: try arguments.number("std"))
  }

  static let described = InitializerDescriptor(
    "normal", aliases: ["random_normal", "gaussian"], summary: "normal with a mean and a standard deviation",
    formula: "w ~ N(mean, std²)",
    parameters: [.init("mean", .number(0), "a finite number"), .init("std", .number(1), "at least 0")],
    reference: "torch.nn.init.normal_")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { Normal.described }

  /// `mean`, `std`.
  public var values: [ArgumentValue] { [.number(mean), .number(std)] }

  /// Refuses what is no mean, and what is no standard deviation.
  public func check() throws(Diagnostic) {
    try requireFinite("mean", mean)
    try requireDeviation("std", std)
  }

  /// The normal draw; a constant one if the standard deviation is 0.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    std == 0 ? .constant(mean) : .normal(mean: mean, std: std)
  }
}

extension Initializer where Self == Normal {
  /// Normal with that mean and standard deviation.
  public static func normal(mean: Double = 0, std: Double = 1) -> Normal { Normal(mean: mean, std: std) }
}
