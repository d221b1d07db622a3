import Diagnostics
import LayerVocabulary
import Tensors

extension Draw {
  /// Refuses numbers, perhaps read from a receipt, that do not fit a tensor: whoever passes can be carried out.
  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw``.
  package func check(shape: Shape, dtype: DType) throws(Diagnostic) {
    guard dtype.isFloatingPoint || fitsIntegers || mayFail else { throw malformed("elements of type \(dtype)") }
    guard shape.count > 0 else { return }
    switch method {
    case .constant: guard self["value"] != nil else { throw malformed("value missing") }
    case .uniform: try checkBounds(dtype)
    case .normal: try checkDeviation()
    case .truncatedNormal:
      guard truncation != nil else { throw malformed("a truncation to nothing") }
      try checkBounds(dtype)
    case .orthogonal, .deltaOrthogonal, .dirac, .identity: try checkMatrices(shape)
    case .sparse:
      try checkDeviation(mean: false)
      guard shape.rank == 2 else { throw malformed("\(shape)") }
      _ = try integer("zeros", in: 0...shape[try integer("along", in: 0...1)])
    case .stft: _ = try fourierAxes(shape)
    case .relativePosition: _ = try relativeWindow(shape)
    case .part: _ = try partRange(shape)
    case .mapped: try checkMapped(shape)
    case .copy, .scale, .shrinkPerturb, .matchOld, .meanOf, .normalLike, .resample, .inputChannels:
      try checkReading(shape, dtype)
    case .foreign: guard foreign != nil else { throw malformed("nothing of the plugin") }
    }
  }

  private func checkBounds(_ dtype: DType) throws(Diagnostic) {
    let (low, high) = (self["low"] ?? .nan, self["high"] ?? .nan)
    // A truncation may be open at an end.
    let isFinite = method == .truncatedNormal || Float(low).isFinite && Float(high).isFinite
    guard low <= high, isFinite else { throw malformed("\(low) to \(high)") }
    guard dtype == .f32 || bounds(in: dtype) != nil else {
      throw malformed("bounds without a number of type '\(dtype)' between them")
    }
  }

  private func checkDeviation(mean: Bool = true) throws(Diagnostic) {
    let (mean, std) = (mean ? try number("mean") : 0, try number("std"))
    guard Float(mean).isFinite, std >= 0, Float(std).isFinite else { throw malformed("mean \(mean), std \(std)") }
  }

  private func checkMatrices(_ shape: Shape) throws(Diagnostic) {
    _ = try number("gain")
    let layout = try MatrixLayout(self, shape)
    guard method != .orthogonal else { return }
    _ = try centerIndex(shape, besides: [layout.outAxis, layout.inAxis])
    guard method == .deltaOrthogonal, layout.rows(shape) < shape[layout.inAxis] / layout.inPieces else { return }
    throw malformed("fewer outputs than inputs, \(shape)")
  }

  /// Whether values are made by the system's BLAS.
  package var usesLinearAlgebra: Bool {
    method == .orthogonal || method == .deltaOrthogonal || self["covariance"] == 1
      || others.contains(where: \.usesLinearAlgebra)
  }
}
