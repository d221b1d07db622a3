import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A linear map with an optional offset: `y = x·Wᵀ + b`.
public struct Dense: PrintableLayer {
  /// The matrix, `[out, in]`.
  public var weight: Tensor
  /// The offset, `[out]`, or nothing.
  public var bias: Tensor?
  /// How many maps are packed along the outputs (3 for queries, keys and values); each has fan-out
  /// `out/parts`.
  public var parts: Int
  /// Whether a new bias is 0, as within attention, and not uniform within ±1/√in.
  public var startsWithZeroBias: Bool

  /// Its parameters, by role.
  public static let fields = FieldList(weights: \Self.weight, biases: \.bias)

  /// A layer of given tensors.
  public init(weight: Tensor, bias: Tensor? = nil, parts: Int = 1, startsWithZeroBias: Bool = false) {
    self.weight = weight
    self.bias = bias
    self.parts = parts
    self.startsWithZeroBias = startsWithZeroBias
  }

  /// A layer of those sizes whose tensors have no bytes yet.
  /// - Precondition: sizes are not negative, and `parts` divides `out`.
  public init(
    in inputs: Int, out outputs: Int, bias: Bool = true, parts: Int = 1, startsWithZeroBias: Bool = false,
    dtype: DType = .f32
  ) {
    precondition(parts > 0 && outputs % parts == 0, "\(parts) parts do not divide \(outputs) outputs")
    self.init(
      weight: Tensor(lazy: [outputs, inputs], dtype: dtype),
      bias: bias ? Tensor(lazy: [outputs], dtype: dtype) : nil, parts: parts,
      startsWithZeroBias: startsWithZeroBias)
  }

  /// `Dense`, or `Linear`.
  public var kind: LayerKind { .dense }

  /// `[out, in]`, in parts.
  public func geometry(of field: String) -> Geometry? { field == "weight" ? Geometry(parts: parts) : nil }

  /// Uniform within ±1/√in, both; torch's `kaiming_uniform_(a=√5)`.
  public func fresh(_ field: String) -> (any Initializer)? {
    switch field {
    case "weight": Fresh.weight
    case "bias": startsWithZeroBias ? Fresh.zeros : Fresh.bias(beside: weight, Geometry())
    default: nil
    }
  }

  /// `Dense(in: 128, out: 64)`.
  public var code: String {
    Call.text(
      "Dense",
      [
        "in: \(weight.shape.size(1))", "out: \(weight.shape.size(0))",
        Call.argument("bias", bias != nil, unless: true), Call.argument("parts", parts, unless: 1),
        Call.argument("startsWithZeroBias", startsWithZeroBias, unless: false),
      ])
  }
}
