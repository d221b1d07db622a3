import CReinit
import Diagnostics
import Initializers
import LinearAlgebra

/// The draft service `draft.blas`: matrix products by the system's BLAS.
enum MatrixService {
  /// The table; nil where there is no BLAS.
  static var table: UnsafeRawPointer? { made.map { UnsafeRawPointer($0) } }

  nonisolated(unsafe) private static let made: UnsafePointer<ri_draft_blas>? = {
    guard (try? LinearAlgebra.requireLibrary()) != nil else { return nil }
    let table = UnsafeMutablePointer<ri_draft_blas>.allocate(capacity: 1)
    table.initialize(
      to: ri_draft_blas(
        struct_size: UInt32(MemoryLayout<ri_draft_blas>.size), version: 1,
        sgemm: { transposeA, transposeB, m, n, k, alpha, a, aStride, b, bStride, beta, c, cStride in
          guard let a, let b, let c, m >= 0, n >= 0, k >= 0 else { return ri_status(RI_INVALID) }
          // The library counts with 32 bits.
          guard [m, n, k, aStride, bStride, cStride].allSatisfy({ Int32(exactly: $0) != nil }) else {
            return ri_status(RI_UNSUPPORTED)
          }
          do throws(Diagnostic) {
            try LinearAlgebra.multiply(
              LinearAlgebra.Matrix(a, stride: Int(aStride), isTransposed: transposeA != 0),
              LinearAlgebra.Matrix(b, stride: Int(bStride), isTransposed: transposeB != 0), into: c,
              stride: Int(cStride), m: Int(m), n: Int(n), k: Int(k), alpha: alpha, beta: beta)
            return ri_status(RI_OK)
          } catch { return ri_status(error.code == .libraryStarved ? RI_NO_MEMORY : RI_UNSUPPORTED) }
        }))
    return UnsafePointer(table)
  }()
}
