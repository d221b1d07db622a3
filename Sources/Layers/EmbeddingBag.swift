import Functors
import Initializers
import LayerVocabulary
import Tensors

/// The sum, mean or largest values of looked-up rows: bags `[N, L]` of indices become `[N, size]`.
public struct EmbeddingBag: PrintableLayer {
  /// What is taken of a bag's rows.
  public enum Reduction: String, Sendable, CaseIterable {
    /// Their mean.
    case mean
    /// Their sum.
    case sum
    /// The largest value of each column.
    case max
  }
  /// The rows, `[vocabulary, size]`.
  public var weight: Tensor
  /// What is taken of a bag's rows.
  public var reduction: Reduction

  /// Its parameters, by role.
  public static let fields = FieldList(weights: \Self.weight)

  /// A table of a given tensor.
  public init(weight: Tensor, reduction: Reduction = .mean) { (self.weight, self.reduction) = (weight, reduction) }

  /// A table of that many rows whose tensor has no bytes yet.
  /// - Precondition: sizes are not negative.
  public init(vocabulary: Int, size: Int, reduction: Reduction = .mean, dtype: DType = .f32) {
    self.init(weight: Tensor(lazy: [vocabulary, size], dtype: dtype), reduction: reduction)
  }

  /// `EmbeddingBag`.
  public var kind: LayerKind { .embeddingBag }

  /// `[vocabulary, size]`, read one row at a time: the fan-in is 1.
  public func geometry(of field: String) -> Geometry? {
    field == "weight" ? Geometry(outAxis: 1, inAxes: [0], isOneHot: true) : nil
  }

  /// Standard normal.
  public func fresh(_ field: String) -> (any Initializer)? { field == "weight" ? Fresh.standardNormal : nil }

  /// `EmbeddingBag(vocabulary: 10, size: 4)`.
  public var code: String {
    Call.text(
      "EmbeddingBag",
      [
        "vocabulary: \(weight.shape.size(0))", "size: \(weight.shape.size(1))",
        reduction == .mean ? nil : "reduction: .\(reduction.rawValue)",
      ])
  }
}
