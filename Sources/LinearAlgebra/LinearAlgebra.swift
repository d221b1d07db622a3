import Diagnostics

/// Whether the system's BLAS is there: asked before a run that needs it begins, and by `reinit doctor`.
public enum LinearAlgebra {
  /// A row-major matrix in memory: the first element, and how many elements one row is after the other.
  package struct Matrix {
    package var start: UnsafePointer<Float>
    package var stride: Int
    package var isTransposed: Bool

    package init(_ start: UnsafePointer<Float>, stride: Int, isTransposed: Bool = false) {
      self.start = start
      self.stride = stride
      self.isTransposed = isTransposed
    }
  }

  /// `c = alpha·a·b + beta·c` with a of m×k, b of k×n, both after transposition, and c of m×n, row-major, of any size.
  /// - Parameter limit: the largest size of one call of the library.
  /// - Throws: ``Diagnostics/ErrorCode/missingLibrary``.
  package static func multiply(
    _ a: Matrix, _ b: Matrix, into c: UnsafeMutablePointer<Float>, stride: Int, m: Int, n: Int, k: Int,
    alpha: Float = 1, beta: Float = 0, limit: Int = Int(Int32.max)
  ) throws(Diagnostic) {
    func order(_ matrix: Matrix) -> Int32 { matrix.isTransposed ? BLAS.transposed : BLAS.asIs }
    try prepareThread()
    let blas = try BLAS.loaded()
    let pieces = ProductPieces(a: a, b: b, c: c, stride: stride, limit: limit)
    blas.withOneThread {
      pieces.forEach(m: m, n: n, k: k) { piece in
        blas.sgemm(
          BLAS.rowMajor, order(a), order(b), Int32(piece.m), Int32(piece.n), Int32(piece.k), alpha, piece.a,
          pieces.step(a.stride), piece.b, pieces.step(b.stride), piece.isFirst ? beta : 1, piece.c,
          pieces.step(stride))
      }
    }
  }
}
