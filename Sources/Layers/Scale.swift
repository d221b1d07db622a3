import Functors
import Initializers
import LayerVocabulary
import Tensors

/// An elementwise factor with an optional offset: `y = w∘x + b`.
public struct Scale: PrintableLayer {
  /// The factors.
  public var weight: Tensor
  /// The offset, of the same shape, or nothing.
  public var bias: Tensor?

  /// Its parameters, by role.
  public static let fields = FieldList(scales: \Self.weight, biases: \.bias)

  /// A layer of given tensors.
  public init(weight: Tensor, bias: Tensor? = nil) {
    self.weight = weight
    self.bias = bias
  }

  /// A layer of those sizes whose tensors have no bytes yet.
  /// - Precondition: sizes are not negative.
  public init(_ sizes: [Int], bias: Bool = true, dtype: DType = .f32) {
    let shape = Shape(sizes)
    self.init(weight: Tensor(lazy: shape, dtype: dtype), bias: bias ? Tensor(lazy: shape, dtype: dtype) : nil)
  }

  /// `Scale`.
  public var kind: LayerKind { .scale }

  /// Factors 1, offset 0.
  public func fresh(_ field: String) -> (any Initializer)? { NormFresh.initializer(of: field) }

  /// `Scale([768])`.
  public var code: String {
    Call.text("Scale", ["\(weight.shape)", Call.argument("bias", bias != nil, unless: true)])
  }
}

/// A residual branch's factor, near 0 at first (Touvron et al., "Going deeper with image transformers",
/// 2021).
///
/// Its tensor has no name of its own: the path of the layer is the path of the parameter, as in torchvision's
/// `layer_scale` and timm's `gamma`.
public struct LayerScale: PrintableLayer {
  /// The factors.
  public var weight: Tensor
  /// What a new layer's factors are.
  public var value: Double

  /// Its parameter.
  public static let fields = FieldList(ordered: [.named("", .scale, \Self.weight)])

  /// A layer of a given tensor.
  public init(weight: Tensor, value: Double = 1e-6) {
    self.weight = weight
    self.value = value
  }

  /// A layer of those sizes whose tensor has no bytes yet.
  /// - Precondition: sizes are not negative.
  public init(_ sizes: [Int], value: Double = 1e-6, dtype: DType = .f32) {
    self.init(weight: Tensor(lazy: Shape(sizes), dtype: dtype), value: value)
  }

  /// `LayerScale`.
  public var kind: LayerKind { .layerScale }

  /// ``value``.
  public func fresh(_ field: String) -> (any Initializer)? { Fresh.constant(value) }

  /// `LayerScale([96, 1, 1])`.
  public var code: String {
    Call.text("LayerScale", ["\(weight.shape)", Call.argument("value", value, unless: 1e-6)])
  }
}

/// How norms begin: factors and variances 1, all else 0.
enum NormFresh {
  static func initializer(of field: String) -> (any Initializer)? {
    switch field {
    case "weight", "running_var": Fresh.ones
    case "bias", "running_mean", "num_batches_tracked": Fresh.zeros
    default: nil
    }
  }
}
