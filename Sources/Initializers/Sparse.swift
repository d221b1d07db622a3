import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// A normal matrix with a fixed number of zeros in each column or row (Martens 2010).
///
/// The zeros are where random words of the tensor's own stream (lane 1) are smallest; every choice is as likely.
public struct Sparse: CatalogInitializer {
  /// What has the same number of zeros everywhere.
  public enum Axis: String, Sendable, CaseIterable {
    /// Each column of the matrix, as it is stored: torch and Flux.
    case columns
    /// Each row: MLX.
    case rows
  }

  /// The share of zeros in each column or row, rounded up.
  public var sparsity: Double
  /// The standard deviation of the rest.
  public var std: Double
  /// What has the same number of zeros everywhere.
  public var axis: Axis

  /// A sparse initializer.
  public init(sparsity: Double, std: Double = 0.01, axis: Axis = .columns) {
    self.sparsity = sparsity
    self.std = std
    self.axis = axis
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    self.init(
      sparsity: try arguments.number("sparsity"), std: try arguments.number("std"),
      axis: try arguments.word("axis"))
  }

  static let described = InitializerDescriptor(
    "sparse", aliases: ["sparse_init"],
    summary: "a normal matrix with the same number of zeros in each column",
    formula: "w ~ N(0, std²), and 0 at ⌈sparsity·rows⌉ random places of each column",
    parameters: [
      .init("sparsity", nil, "a share from 0 to 1", takesNumbersAlone: true), .init("std", .number(0.01), "at least 0"),
      .init("axis", .word("columns"), "columns or rows, of the matrix as it is stored"),
    ],
    reference: "Martens 2010; torch.nn.init.sparse_")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { Sparse.described }

  /// `sparsity`, `std`, `axis`.
  public var values: [ArgumentValue] { [.number(sparsity), .number(std), .word(axis.rawValue)] }

  /// Refuses shares outside of 0…1, and what is no standard deviation.
  public func check() throws(Diagnostic) {
    try require((0...1).contains(sparsity), "sparsity", sparsity, "a share from 0 to 1")
    try requireDeviation("std", std)
  }

  /// The number of zeros in each line.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    guard context.shape.rank == 2 else { throw unsuitable(context, expected: "a matrix, with two axes") }
    guard std > 0 else { return .constant(0) }
    let length = context.shape[axis == .columns ? 0 : 1]
    let zeros = (sparsity * Double(length)).rounded(.up)
    return Draw(
      .sparse, [.init("std", std), .init("zeros", zeros), .init("along", axis == .columns ? 0 : 1)])
  }
}

extension Initializer where Self == Sparse {
  /// A normal matrix with a fixed number of zeros in each column or row.
  public static func sparse(sparsity: Double, std: Double = 0.01, axis: Sparse.Axis = .columns) -> Sparse {
    Sparse(sparsity: sparsity, std: std, axis: axis)
  }
}
