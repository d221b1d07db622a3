import Functors
import Initializers
import LayerVocabulary
import Tensors

/// Normalization over the last axes (Ba, Kiros, Hinton, "Layer normalization", 2016), with a ``Scale``
/// inside.
///
/// The scale has no name of its own, so that its parameters are `norm.weight` and `norm.bias`.
public struct LayerNorm: PrintableLayer {
  /// Factor and offset, or nothing.
  public var scale: Scale?
  /// The sizes of the axes that are normalized.
  public var sizes: [Int]
  /// What is added to the variance.
  public var eps: Double

  /// The scale, unnamed.
  public static let fields = FieldList(ordered: [.named("", nil, \Self.scale)])

  /// A norm with a given scale.
  public init(scale: Scale?, sizes: [Int], eps: Double = 1e-5) {
    self.scale = scale
    self.sizes = sizes
    self.eps = eps
  }

  /// A norm over axes of those sizes whose tensors have no bytes yet.
  /// - Precondition: sizes are not negative.
  public init(_ sizes: [Int], eps: Double = 1e-5, affine: Bool = true, bias: Bool = true, dtype: DType = .f32) {
    self.init(scale: affine ? Scale(sizes, bias: bias, dtype: dtype) : nil, sizes: sizes, eps: eps)
  }

  /// `LayerNorm`.
  public var kind: LayerKind { .layerNorm }

  /// Factors 1, offset 0.
  public func fresh(_ field: String) -> (any Initializer)? { NormFresh.initializer(of: field) }

  /// `LayerNorm([768], eps: 1e-06)`.
  public var code: String {
    Call.text(
      "LayerNorm",
      [
        "\(sizes)", Call.argument("eps", eps, unless: 1e-5),
        Call.argument("affine", scale != nil, unless: true),
        scale == nil ? nil : Call.argument("bias", scale?.bias != nil, unless: true),
      ])
  }
}

/// Division by the root mean square (Zhang, Sennrich, "Root mean square layer normalization", 2019).
public struct RMSNorm: PrintableLayer {
  /// The factors, or nothing.
  public var weight: Tensor?
  /// The sizes of the axes that are normalized.
  public var sizes: [Int]
  /// What is added to the mean square.
  public var eps: Double

  /// Its parameters, by role.
  public static let fields = FieldList(scales: \Self.weight)

  /// A norm of a given tensor.
  public init(weight: Tensor?, sizes: [Int], eps: Double = 1e-6) {
    self.weight = weight
    self.sizes = sizes
    self.eps = eps
  }

  /// A norm over axes of those sizes whose tensor has no bytes yet.
  /// - Precondition: sizes are not negative.
  public init(_ sizes: [Int], eps: Double = 1e-6, affine: Bool = true, dtype: DType = .f32) {
    self.init(weight: affine ? Tensor(lazy: Shape(sizes), dtype: dtype) : nil, sizes: sizes, eps: eps)
  }

  /// `RMSNorm`.
  public var kind: LayerKind { .rmsNorm }

  /// Factors 1.
  public func fresh(_ field: String) -> (any Initializer)? { NormFresh.initializer(of: field) }

  /// `RMSNorm([4096])`.
  public var code: String {
    Call.text(
      "RMSNorm",
      [
        "\(sizes)", Call.argument("eps", eps, unless: 1e-6),
        Call.argument("affine", weight != nil, unless: true),
      ])
  }
}
