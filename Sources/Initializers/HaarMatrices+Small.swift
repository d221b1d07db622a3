import CKernels
import Diagnostics
import Tensors

extension HaarMatrices {
  /// Whether many are made at a time, one in each lane of a vector, without BLAS.
  ///
  /// Of fewer than eight most lanes would be lost; of more elements than these, sixteen matrices and their reflections
  /// would take more than half a mebibyte, which caches hold. Which way is taken depends on the tensor alone.
  var areSmall: Bool { count >= lanes / 2 && n <= Int(RK_HAAR_COLUMNS) && m * n <= 4096 }

  private var lanes: Int { Int(RK_HAAR_LANES) }

  func writeSmall(to base: UnsafeMutablePointer<Float>, _ places: MatrixPlaces) throws(Diagnostic) {
    let size = m * n
    try withScratch(lanes * size) { (batch) throws(Diagnostic) in
      try withScratch(2 * lanes * (m + 1) * n) { work in
        for first in stride(from: 0, to: count, by: lanes) {
          let used = min(lanes, count - first)
          stream.normal(
            UnsafeMutableBufferPointer(start: batch, count: used * size), from: first * size, mean: 0, std: 1)
          rk_haar_f32(batch, used, m, n, gain, work)
          for lane in 0..<used {
            copy(
              batch + lane * size, rowStride: isTall ? 1 : m, columnStride: isTall ? m : 1,
              to: base + places.starts[first + lane], places)
          }
        }
      }
    }
  }
}
