import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A learned vector in front of a sequence: `[N, L, size]` becomes `[N, L + 1, size]` (Devlin et al., "BERT", 2018).
///
/// Its tensor has no name of its own: the path of the layer is the path of the parameter, `class_token`.
public struct ClassToken: PrintableLayer {
  /// The vector, `[1, 1, size]`.
  public var weight: Tensor

  /// Its parameter.
  public static let fields = FieldList(ordered: [.named("", .weight, \Self.weight)])

  /// A token of a given tensor.
  public init(weight: Tensor) { self.weight = weight }

  /// A token of that size whose tensor has no bytes yet.
  /// - Precondition: `size` is not negative.
  public init(_ size: Int, dtype: DType = .f32) { self.init(weight: Tensor(lazy: [1, 1, size], dtype: dtype)) }

  /// `ClassToken`.
  public var kind: LayerKind { .classToken }

  /// Zeros, as in torchvision.
  public func fresh(_ field: String) -> (any Initializer)? { Fresh.zeros }

  /// `ClassToken(768)`.
  public var code: String { "ClassToken(\(weight.shape.size(2)))" }
}

/// A learned vector for each place of a sequence, added to it (Dosovitskiy et al., "An image is worth 16x16 words",
/// 2021).
///
/// Its tensor has no name of its own: the path of the layer is the path of the parameter, `pos_embedding`.
public struct PositionEmbedding: PrintableLayer {
  /// The vectors, `[1, length, size]`.
  public var weight: Tensor

  /// Its parameter.
  public static let fields = FieldList(ordered: [.named("", .weight, \Self.weight)])

  /// Vectors of a given tensor.
  public init(weight: Tensor) { self.weight = weight }

  /// Vectors of that number and size whose tensor has no bytes yet.
  /// - Precondition: sizes are not negative.
  public init(_ length: Int, size: Int, dtype: DType = .f32) {
    self.init(weight: Tensor(lazy: [1, length, size], dtype: dtype))
  }

  /// `PositionEmbedding`.
  public var kind: LayerKind { .positionEmbedding }

  /// Normal with standard deviation 0.02, as in torchvision.
  public func fresh(_ field: String) -> (any Initializer)? { Fresh.normal(std: 0.02) }

  /// `PositionEmbedding(197, size: 768)`.
  public var code: String { "PositionEmbedding(\(weight.shape.size(1)), size: \(weight.shape.size(2)))" }
}
