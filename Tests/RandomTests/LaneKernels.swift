import CKernels
import Tensors

/// What `rk_moments_f32` tells, as bits; nil where it refuses.
func momentBits(_ floats: [Float]) -> [UInt64]? {
  var found = rk_moments()
  guard rk_moments_f32(&found, floats, floats.count) else { return nil }
  return [UInt64(found.min.bitPattern), UInt64(found.max.bitPattern), UInt64(found.zeros)]
    + [found.mean, found.second, found.third, found.fourth].map(\.bitPattern)
}

/// Small matrices by column, one after the other, made of the normal values from `first` on.
func haarMatrices(count: Int, m: Int, n: Int, first: Int = 0) -> [Float] {
  var matrices = [Float](repeating: 0, count: count * m * n)
  var stream = testStream
  rk_normal_f32(&matrices, matrices.count, UInt64(first), &stream, 0, 1)
  let work = UnsafeMutableRawPointer.allocate(byteCount: 4 * 2 * Int(RK_HAAR_LANES) * (m + 1) * n, alignment: 64)
  defer { work.deallocate() }
  rk_haar_f32(&matrices, count, m, n, 1, work.bindMemory(to: Float.self, capacity: 1))
  return matrices
}
