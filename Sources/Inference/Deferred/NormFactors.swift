import Diagnostics
import LayerVocabulary
import Layers
import Tensors

/// What a norm by running statistics does to a channel: `(x − mean)·scale + shift`.
struct NormFactors {
  let means, scales, shifts: [Double]

  init(_ norm: BatchNorm) throws(Diagnostic) {
    let readable = try norm.readableStatistics()
    func values(_ index: Int, _ missing: Double) -> [Double] {
      readable[index]?.elements.map { $0 } ?? Array(repeating: missing, count: norm.channels)
    }
    means = values(2, 0)
    scales = zip(values(0, 1), values(3, 1)).map { $0 / ($1 + norm.eps).squareRoot() }
    shifts = values(1, 0)
  }
}

extension BatchNorm {
  /// What a channel is normalized with.
  var statistics: [Tensor?] { [weight, bias, runningMean, runningVar] }

  /// The same as 32-bit floats.
  /// - Throws: ``Diagnostics/ErrorCode/inputType``, ``Diagnostics/ErrorCode/noContents``.
  func readableStatistics() throws(Diagnostic) -> [Tensor?] {
    var readable: [Tensor?] = []
    for tensor in statistics { readable.append(try tensor?.readable(by: kind.name)) }
    return readable
  }
}
