/// A product in pieces that the library can count, which has 32 bits for each size and for the step from row to row.
///
/// A piece has no more than `limit` of anything; of a matrix whose rows are further apart it has one row, for which the step
/// has no meaning.
struct ProductPieces {
  let a: LinearAlgebra.Matrix
  let b: LinearAlgebra.Matrix
  let c: UnsafeMutablePointer<Float>
  /// How many elements one row of c is after the other.
  let stride: Int
  let limit: Int

  /// One call of the library: sizes, where the matrices begin, and whether it is the first to write its part of c.
  struct Piece {
    let m, n, k: Int
    let a, b: UnsafePointer<Float>
    let c: UnsafeMutablePointer<Float>
    let isFirst: Bool
  }

  /// Calls the body for each piece of a product of those sizes.
  func forEach(m: Int, n: Int, k: Int, _ body: (Piece) -> Void) {
    let rows = isWide(stride) || isWide(a.stride) && !a.isTransposed ? 1 : limit
    let columns = isWide(b.stride) && b.isTransposed ? 1 : limit
    let inner = isWide(a.stride) && a.isTransposed || isWide(b.stride) && !b.isTransposed ? 1 : limit
    for i in Swift.stride(from: 0, to: m, by: rows) {
      for j in Swift.stride(from: 0, to: n, by: columns) {
        // Without an inner size there is one piece all the same: c is scaled.
        for l in Swift.stride(from: 0, to: max(k, 1), by: inner) {
          body(
            Piece(
              m: min(rows, m - i), n: min(columns, n - j), k: min(inner, k - l), a: place(a, i, l), b: place(b, l, j),
              c: c + i * stride + j, isFirst: l == 0))
        }
      }
    }
  }

  /// A step as the library takes it.
  func step(_ stride: Int) -> Int32 { Int32(min(stride, limit)) }

  private func isWide(_ stride: Int) -> Bool { stride > limit }

  private func place(_ matrix: LinearAlgebra.Matrix, _ row: Int, _ column: Int) -> UnsafePointer<Float> {
    matrix.start + (matrix.isTransposed ? column * matrix.stride + row : row * matrix.stride + column)
  }
}
