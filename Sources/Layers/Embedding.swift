import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A table whose rows are looked up by index.
public struct Embedding: PrintableLayer {
  /// The rows, `[vocabulary, size]`.
  public var weight: Tensor
  /// The index whose row stands for padding, if there is one.
  public var paddingIndex: Int?

  /// Its parameters, by role.
  public static let fields = FieldList(weights: \Self.weight)

  /// A table of a given tensor.
  public init(weight: Tensor, paddingIndex: Int? = nil) {
    self.weight = weight
    self.paddingIndex = paddingIndex
  }

  /// A table of that many rows whose tensor has no bytes yet.
  /// - Precondition: sizes are not negative.
  public init(vocabulary: Int, size: Int, paddingIndex: Int? = nil, dtype: DType = .f32) {
    self.init(weight: Tensor(lazy: [vocabulary, size], dtype: dtype), paddingIndex: paddingIndex)
  }

  /// `Embedding`.
  public var kind: LayerKind { .embedding }

  /// `[vocabulary, size]`, read one row at a time: the fan-in is 1.
  public func geometry(of field: String) -> Geometry? {
    field == "weight" ? Geometry(outAxis: 1, inAxes: [0], isOneHot: true) : nil
  }

  /// Standard normal, the row for padding included.
  public func fresh(_ field: String) -> (any Initializer)? { field == "weight" ? Fresh.standardNormal : nil }

  /// `Embedding(vocabulary: 30522, size: 384)`.
  public var code: String {
    Call.text(
      "Embedding",
      [
        "vocabulary: \(weight.shape.size(0))", "size: \(weight.shape.size(1))",
        paddingIndex.map { "paddingIndex: \($0)" },
      ])
  }
}
