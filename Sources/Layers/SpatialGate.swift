import Functors
import Initializers
import LayerVocabulary
import Tensors

/// The map of a spatial gating unit, over the last axis: `y = x·Wᵀ + b`, which begins as almost nothing but ones, so
/// that the gate is open (Liu et al., "Pay attention to MLPs", 2021).
///
/// It is a type of its own, and its matrix has the role of a scale, so that no rule for ordinary maps destroys that.
public struct SpatialGate: PrintableLayer {
  /// The matrix, `[places, places]`.
  public var weight: Tensor
  /// The offset, `[places]`.
  public var bias: Tensor

  /// Its parameters, by role.
  public static let fields = FieldList(scales: \Self.weight, biases: \.bias)

  /// A gate of given tensors.
  public init(weight: Tensor, bias: Tensor) { (self.weight, self.bias) = (weight, bias) }

  /// A gate of that many places whose tensors have no bytes yet.
  /// - Precondition: `places` is not negative.
  public init(_ places: Int, dtype: DType = .f32) {
    self.init(weight: Tensor(lazy: [places, places], dtype: dtype), bias: Tensor(lazy: [places], dtype: dtype))
  }

  /// `SpatialGate`.
  public var kind: LayerKind { .spatialGate }

  /// Uniform from 0 to 2⁻²², as in Metalhead; offset 1.
  public func fresh(_ field: String) -> (any Initializer)? {
    field == "bias" ? Fresh.ones : Uniform(low: 0, high: 0x1p-22)
  }

  /// `SpatialGate(196)`.
  public var code: String { "SpatialGate(\(bias.count))" }
}
