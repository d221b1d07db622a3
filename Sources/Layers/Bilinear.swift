import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A bilinear form with an optional offset: `yₖ = xᵀ·Wₖ·z + bₖ`.
public struct Bilinear: PrintableLayer {
  /// The forms, `[out, in₁, in₂]`.
  public var weight: Tensor
  /// The offset, `[out]`, or nothing.
  public var bias: Tensor?

  /// Its parameters, by role.
  public static let fields = FieldList(weights: \Self.weight, biases: \.bias)

  /// A layer of given tensors.
  public init(weight: Tensor, bias: Tensor? = nil) {
    self.weight = weight
    self.bias = bias
  }

  /// A layer of those sizes whose tensors have no bytes yet.
  /// - Precondition: sizes are not negative.
  public init(in first: Int, _ second: Int, out outputs: Int, bias: Bool = true, dtype: DType = .f32) {
    self.init(
      weight: Tensor(lazy: [outputs, first, second], dtype: dtype),
      bias: bias ? Tensor(lazy: [outputs], dtype: dtype) : nil)
  }

  /// `Bilinear`.
  public var kind: LayerKind { .bilinear }

  /// `[out, in₁, in₂]`: the fan-in is `in₁·in₂`.
  public func geometry(of field: String) -> Geometry? { field == "weight" ? Geometry(inAxes: [1, 2]) : nil }

  /// Uniform within ±1/√in₁, both, as in torch.
  public func fresh(_ field: String) -> (any Initializer)? {
    guard field == "weight" || field == "bias" else { return nil }
    return Fresh.torch(fanIn: weight.shape.size(1))
  }

  /// `Bilinear(in: 20, 30, out: 40)`.
  public var code: String {
    let shape = weight.shape
    return Call.text(
      "Bilinear",
      [
        "in: \(shape.size(1)), \(shape.size(2))", "out: \(shape.size(0))",
        Call.argument("bias", bias != nil, unless: true),
      ])
  }
}
