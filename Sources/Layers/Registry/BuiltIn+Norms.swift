import CallText
import Diagnostics
import Initializers
import LayerVocabulary
import Tensors

extension LayerRegistry {
  mutating func addNorms() {
    addBatchNorm()
    addLayerNorm()
    addGroupNorm()
    addInstanceNorm()
    addRMSNorm()
    addLocalResponseNorm()
  }

  private mutating func addLocalResponseNorm() {
    add(
      .localResponseNorm, "division by a power of what neighboring channels sum up to", [],
      [
        .size("size", "how many channels are summed"), .init("alpha", .number(1e-4), "the factor of the mean square"),
        .init("beta", .number(0.75), "the power"), .init("k", .number(1), "what is added to it"),
      ], reference: "Krizhevsky et al., ImageNet classification, 2012"
    ) { a, _ throws(Diagnostic) in
      LocalResponseNorm(
        try a.size("size", from: 1), alpha: try a.finite("alpha"), beta: try a.finite("beta"), k: try a.finite("k"))
    }
  }

  private mutating func addBatchNorm() {
    addStatisticalNorm(
      .batchNorm, "normalization of channels over the batch",
      reference: "Ioffe, Szegedy, Batch normalization, 2015", isOn: true
    ) {
      BatchNorm(
        $0.channels, eps: $0.eps, momentum: $0.momentum, affine: $0.isAffine,
        trackRunningStats: $0.isTracking,
        dtype: $0.dtype)
    }
  }

  private mutating func addLayerNorm() {
    add(
      .layerNorm, "normalization over the last axes; contains a Scale", ["weight", "bias"],
      [.lastAxes, .eps(1e-5), .affine(true), .bias, .dtype],
      reference: "Ba, Kiros, Hinton, Layer normalization, 2016"
    ) { a, _ throws(Diagnostic) in
      LayerNorm(
        try a.shape("sizes"), eps: try a.eps(), affine: try a.flag("affine"), bias: try a.flag("bias"),
        dtype: try a.dtype())
    }
  }

  private mutating func addGroupNorm() {
    add(
      .groupNorm, "normalization over groups of channels", ["weight", "bias"],
      [
        .channels, .size("groups", "how many groups the channels are split into"), .eps(1e-5), .affine(true),
        .dtype,
      ],
      reference: "Wu, He, Group normalization, 2018"
    ) { a, _ throws(Diagnostic) in
      let (channels, groups) = (try a.size("channels"), try a.size("groups", from: 1))
      try a.requireDivisor(groups, "groups", of: channels)
      return GroupNorm(
        groups: groups, channels, eps: try a.eps(), affine: try a.flag("affine"), dtype: try a.dtype())
    }
  }

  private mutating func addInstanceNorm() {
    addStatisticalNorm(
      .instanceNorm, "normalization of channels of each sample",
      reference: "Ulyanov et al., Instance normalization, 2016", isOn: false
    ) {
      InstanceNorm(
        $0.channels, eps: $0.eps, momentum: $0.momentum, affine: $0.isAffine,
        trackRunningStats: $0.isTracking,
        dtype: $0.dtype)
    }
  }

  private mutating func addRMSNorm() {
    add(
      .rmsNorm, "division by the root mean square", ["weight"],
      [.lastAxes, .eps(1e-6, "what is added to the mean square"), .affine(true), .dtype],
      reference: "Zhang, Sennrich, Root mean square layer normalization, 2019"
    ) { a, _ throws(Diagnostic) in
      RMSNorm(try a.shape("sizes"), eps: try a.eps(), affine: try a.flag("affine"), dtype: try a.dtype())
    }
  }

  private mutating func addStatisticalNorm(
    _ kind: LayerKind, _ summary: String, reference: String, isOn: Bool,
    _ layer: @escaping @Sendable (StatisticalNorm) -> any Layer
  ) {
    add(
      kind, summary, ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"],
      [
        .channels, .eps(1e-5),
        .init("momentum", .number(0.1), "the part of a new batch in the running statistics"),
        .affine(isOn), .flag("trackRunningStats", isOn, "whether there are running statistics"), .dtype,
      ], reference: reference
    ) { a, _ throws(Diagnostic) in layer(try StatisticalNorm(a)) }
  }

  mutating func addScales() {
    add(
      .scale, "elementwise factor and offset", ["weight", "bias"],
      [.init("sizes", nil, "the factors' shape, in brackets"), .bias, .dtype]
    ) { a, _ throws(Diagnostic) in
      Scale(try a.shape("sizes"), bias: try a.flag("bias"), dtype: try a.dtype())
    }
    add(
      .layerScale, "factor of a residual branch, near 0 at first", [],
      [
        .init("sizes", nil, "the factors' shape, in brackets"),
        .init("value", .number(1e-6), "what a new layer's factors are"), .dtype,
      ], reference: "Touvron et al., Going deeper with image transformers, 2021"
    ) { a, _ throws(Diagnostic) in
      LayerScale(try a.shape("sizes"), value: try a.finite("value"), dtype: try a.dtype())
    }
    add(
      .prelu, "rectifier with a learned slope", ["weight"],
      [
        .init("count", .number(1), "the number of slopes: 1, or one for each channel"),
        .init("slope", .number(0.25), "the slope of a new layer"), .dtype,
      ], reference: "He et al., Delving deep into rectifiers, 2015"
    ) { a, _ throws(Diagnostic) in
      PReLU(try a.size("count"), slope: try a.finite("slope"), dtype: try a.dtype())
    }
  }
}

/// What the two norms with running statistics take.
private struct StatisticalNorm {
  let channels: Int
  let eps, momentum: Double
  let isAffine, isTracking: Bool
  let dtype: DType

  init(_ a: Arguments) throws(Diagnostic) {
    channels = try a.size("channels")
    (eps, momentum) = (try a.eps(), try a.number("momentum", in: 0...1))
    (isAffine, isTracking) = (try a.flag("affine"), try a.flag("trackRunningStats"))
    dtype = try a.dtype()
  }
}

extension LayerDescriptor.Parameter {
  fileprivate static let channels = size("channels", "the number of channels")
  fileprivate static let lastAxes = Self(
    "sizes", nil, "the sizes of the axes that are normalized, in brackets")

  fileprivate static func affine(_ value: Bool) -> Self { flag("affine", value, "whether there are factors") }
}
