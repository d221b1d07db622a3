import Functors
import Initializers
import LayerVocabulary
import Tensors

/// Normalization over groups of channels (Wu, He, "Group normalization", 2018).
public struct GroupNorm: PrintableLayer {
  /// The factors, `[channels]`, or nothing.
  public var weight: Tensor?
  /// The offset, `[channels]`, or nothing.
  public var bias: Tensor?
  /// How many groups the channels are split into.
  public var groups: Int
  /// The number of channels.
  public var channels: Int
  /// What is added to the variance.
  public var eps: Double

  /// Its parameters, by role.
  public static let fields = FieldList(scales: \Self.weight, biases: \.bias)

  /// A norm of given tensors.
  public init(weight: Tensor?, bias: Tensor?, groups: Int, channels: Int, eps: Double = 1e-5) {
    self.weight = weight
    self.bias = bias
    self.groups = groups
    self.channels = channels
    self.eps = eps
  }

  /// A norm of those sizes whose tensors have no bytes yet.
  /// - Precondition: sizes are not negative, and `groups` divides `channels`.
  public init(groups: Int, _ channels: Int, eps: Double = 1e-5, affine: Bool = true, dtype: DType = .f32) {
    precondition(groups > 0 && channels % groups == 0, "\(groups) groups do not divide \(channels) channels")
    let tensor = affine ? Tensor(lazy: [channels], dtype: dtype) : nil
    self.init(weight: tensor, bias: tensor, groups: groups, channels: channels, eps: eps)
  }

  /// `GroupNorm`.
  public var kind: LayerKind { .groupNorm }

  /// Factors 1, offset 0.
  public func fresh(_ field: String) -> (any Initializer)? { NormFresh.initializer(of: field) }

  /// `GroupNorm(groups: 32, 256)`.
  public var code: String {
    Call.text(
      "GroupNorm",
      [
        "groups: \(groups)", "\(channels)", Call.argument("eps", eps, unless: 1e-5),
        Call.argument("affine", weight != nil, unless: true),
      ])
  }
}
