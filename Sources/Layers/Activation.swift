import Functors
import Initializers
import LayerVocabulary
import Tensors

/// A function of each element, without parameters.
public struct Activation: PrintableLayer {
  /// The functions there are.
  public enum Function: String, Sendable, CaseIterable {
    /// max(0, x).
    case relu
    /// min(max(0, x), 6).
    case relu6
    /// x where positive, x/100 below.
    case leakyrelu
    /// x where positive, eˣ − 1 below.
    case elu
    /// elu scaled so that mean 0 and variance 1 stay (Klambauer et al., 2017).
    case selu
    /// x·Φ(x).
    case gelu
    /// x·σ(x).
    case silu
    /// x·tanh(log(1 + eˣ)).
    case mish
    /// log(1 + eˣ).
    case softplus
    /// 1/(1 + e⁻ˣ).
    case sigmoid
    /// The hyperbolic tangent.
    case tanh
    /// x·relu6(x + 3)/6.
    case hardswish
    /// relu6(x + 3)/6.
    case hardsigmoid
    /// eˣ over its sum along the last axis.
    case softmax
  }
  /// Which function.
  public var function: Function

  /// No parameters.
  public static let fields = FieldList<Activation>(ordered: [])

  /// An activation.
  public init(_ function: Function) { self.function = function }

  /// `Activation`.
  public var kind: LayerKind { .activation }

  /// `Activation(.relu)`.
  public var code: String { "Activation(.\(function.rawValue))" }
}

/// A rectifier with a learned slope (He et al., "Delving deep into rectifiers", 2015).
public struct PReLU: PrintableLayer {
  /// The slopes below 0: one, or one for each channel.
  public var weight: Tensor
  /// The slope of a new layer.
  public var slope: Double

  /// Its parameters, by role.
  public static let fields = FieldList(scales: \Self.weight)

  /// A layer of a given tensor.
  public init(weight: Tensor, slope: Double = 0.25) {
    self.weight = weight
    self.slope = slope
  }

  /// A layer of that many slopes whose tensor has no bytes yet.
  /// - Precondition: `count` is not negative.
  public init(_ count: Int = 1, slope: Double = 0.25, dtype: DType = .f32) {
    self.init(weight: Tensor(lazy: [count], dtype: dtype), slope: slope)
  }

  /// `PReLU`.
  public var kind: LayerKind { .prelu }

  /// ``slope``.
  public func fresh(_ field: String) -> (any Initializer)? { field == "weight" ? Fresh.constant(slope) : nil }

  /// `PReLU(64)`.
  public var code: String {
    Call.text("PReLU", ["\(weight.count)", Call.argument("slope", slope, unless: 0.25)])
  }
}
