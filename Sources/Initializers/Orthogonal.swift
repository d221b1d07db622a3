import CallText
import Diagnostics
import LayerVocabulary
import Tensors

/// A Haar-distributed matrix with orthonormal rows or columns, whichever are fewer.
///
/// Saxe et al. 2014. Rows are the outputs, columns everything else. Each packed part (queries, keys, values; gates) and each group
/// of a convolution is a map, and so a matrix, of its own. A tensor that belongs to no layer is read as `[out, …]`.
public struct Orthogonal: CatalogInitializer {
  /// The length of the rows or columns.
  public var gain: Double
  /// The axis of the rows, from the end if negative, for one matrix as frameworks make it; nil for the layer's.
  public var axis: Int?

  /// An orthogonal initializer.
  public init(gain: Double = 1, axis: Int? = nil) {
    self.gain = gain
    self.axis = axis
  }

  init(_ arguments: Arguments) throws(Diagnostic) {
    gain = try arguments.number("gain")
    axis =
      try arguments.number("axis", or: "layer") == nil ? nil : try arguments.integer("axis", in: -16...15)
  }

  static let described = InitializerDescriptor(
    "orthogonal", summary: "a random matrix with orthonormal rows or columns, for each part and group",
    formula: "W·Wᵀ = gain²·I (outputs ≤ inputs) or Wᵀ·W = gain²·I, W Haar-distributed",
    parameters: [
      .init("gain", .number(1), "a factor, at least 0"),
      .init("axis", .word("layer"), "layer: one matrix for each part and group; a number: that axis as rows"),
    ],
    reference: "Saxe et al. 2014; Stewart 1980; torch.nn.init.orthogonal_ (axis: 0)")

  /// Name, formula, parameters.
  public var descriptor: InitializerDescriptor { Orthogonal.described }

  /// `gain`, `axis`.
  public var values: [ArgumentValue] { [.number(gain), axis.map { .number(Double($0)) } ?? .word("layer")] }

  /// Refuses gains that are negative or not finite.
  public func check() throws(Diagnostic) { try requireDeviation("gain", gain) }

  /// The draw, with the layout of its matrices.
  public func resolve(for context: ParameterContext) throws(Diagnostic) -> Draw {
    guard context.shape.rank >= 2 else { throw unsuitable(context, expected: "at least two axes") }
    let layout = try layout(for: context)
    guard max(layout.rows(context.shape), layout.columns(context.shape)) <= Int(Int32.max) else {
      throw unsuitable(context, expected: "at most \(Int32.max) rows and columns")
    }
    guard gain > 0 else { return .constant(0) }
    return Draw(.orthogonal, [Draw.Number("gain", gain)] + layout.numbers)
  }

  private func layout(for context: ParameterContext) throws(Diagnostic) -> MatrixLayout {
    guard let axis else { return try matrixLayout(for: context) }
    let rank = context.shape.rank
    try require(-rank <= axis && axis < rank, "axis", Double(axis), "an axis of \(context.shape)")
    return MatrixLayout(outAxis: axis < 0 ? axis + rank : axis).normalized(context.shape)
  }
}

extension Initializer {
  /// The matrices of a weight, on which all likely geometries agree.
  func matrixLayout(for context: ParameterContext) throws(Diagnostic) -> MatrixLayout {
    guard context.geometry?.isStacked != true else {
      throw unsuitable(context, expected: "one matrix: maps of experts lie one after the other here")
    }
    return try agreed(context, "matrices with") { geometry in MatrixLayout(geometry).normalized(context.shape) }
  }
}

extension Initializer where Self == Orthogonal {
  /// A matrix with orthonormal rows or columns for each part and group.
  public static func orthogonal(gain: Double = 1, axis: Int? = nil) -> Orthogonal {
    Orthogonal(gain: gain, axis: axis)
  }
}
