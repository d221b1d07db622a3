import Functors
import Initializers
import LayerVocabulary
import Tensors

/// Normalization of each channel of each sample (Ulyanov et al., "Instance normalization", 2016).
public struct InstanceNorm: PrintableLayer {
  /// The factors, `[channels]`, or nothing.
  public var weight: Tensor?
  /// The offset, `[channels]`, or nothing.
  public var bias: Tensor?
  /// The channels' means over past batches, `[channels]`, or nothing.
  public var runningMean: Tensor?
  /// The channels' variances over past batches, `[channels]`, or nothing.
  public var runningVar: Tensor?
  /// How many batches were seen, a scalar of 64 bits, or nothing.
  public var numBatchesTracked: Tensor?
  /// The number of channels.
  public var channels: Int
  /// What is added to the variance.
  public var eps: Double
  /// The part of a new batch in the running statistics.
  public var momentum: Double

  /// Its parameters, by role.
  public static let fields = FieldList(
    scales: \Self.weight, biases: \.bias, buffers: \.runningMean, \.runningVar, \.numBatchesTracked)

  /// A norm of that many channels whose tensors have no bytes yet.
  /// - Parameters:
  ///   - affine: whether there are factors and an offset.
  ///   - trackRunningStats: whether there are running statistics.
  /// - Precondition: `channels` is not negative.
  public init(
    _ channels: Int, eps: Double = 1e-5, momentum: Double = 0.1, affine: Bool = false,
    trackRunningStats: Bool = false, dtype: DType = .f32
  ) {
    let tensor = Tensor(lazy: [channels], dtype: dtype)
    weight = affine ? tensor : nil
    bias = affine ? tensor : nil
    runningMean = trackRunningStats ? tensor : nil
    runningVar = trackRunningStats ? tensor : nil
    numBatchesTracked = trackRunningStats ? Tensor(lazy: [], dtype: .i64) : nil
    self.channels = channels
    self.eps = eps
    self.momentum = momentum
  }

  /// `InstanceNorm`, or `InstanceNorm1d`, `InstanceNorm2d`, `InstanceNorm3d`.
  public var kind: LayerKind { .instanceNorm }

  /// Factors and variances 1; offset, means and the counter 0.
  public func fresh(_ field: String) -> (any Initializer)? { NormFresh.initializer(of: field) }

  /// `InstanceNorm(64)`.
  public var code: String {
    Call.text(
      "InstanceNorm",
      [
        "\(channels)", Call.argument("eps", eps, unless: 1e-5),
        Call.argument("momentum", momentum, unless: 0.1),
        Call.argument("affine", weight != nil, unless: false),
        Call.argument("trackRunningStats", runningMean != nil, unless: false),
      ])
  }
}
