import Diagnostics
import LinearAlgebra
import Tensors

extension Reflectors {
  /// Where a matrix lies: element (i, j) at `base[i·rowStride + j·columnStride]`, one of the strides being 1.
  struct Target {
    let base: UnsafeMutablePointer<Float>
    let rowStride, columnStride: Int

    var isByColumn: Bool { rowStride == 1 }
    func at(_ i: Int, _ j: Int) -> UnsafeMutablePointer<Float> { base + i * rowStride + j * columnStride }
  }

  /// Writes the product of all reflections times `gain`.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  borrowing func write(to q: Target, gain: Double, using blas: BLAS) throws(Diagnostic) {
    let triangle = try Memory.allocate(of: Float.self, count: block * (block + max(n, 4)))
    defer { Memory.free(triangle) }
    let work = triangle + block * block
    setIdentity(q)
    for start in stride(
      from: (n - 1) / block * block, through: 0, by: -block)
    {
      let width = min(block, n - start)
      makeTriangle(start, width, triangle, blas)
      if q.isByColumn {
        reflectByColumn(q, start, width, triangle, work, blas)
      } else {
        reflectByRow(q, start, width, triangle, work, blas)
      }
    }
    if q.isByColumn { scaleByColumn(q, gain) } else { scaleByRow(q, gain, work) }
  }

  private borrowing func setIdentity(_ q: Target) {
    let (lines, length) = q.isByColumn ? (n, m) : (m, n)
    for line in 0..<lines {
      (q.base + line * (q.isByColumn ? q.columnStride : q.rowStride)).update(repeating: 0, count: length)
    }
    for j in 0..<n { q.at(j, j).pointee = 1 }
  }

  /// T⁻¹ of the reflections `start ..< start + width`.
  private borrowing func makeTriangle(
    _ start: Int, _ width: Int, _ triangle: UnsafeMutablePointer<Float>, _ blas: BLAS
  ) {
    blas.ssyrk(
      BLAS.columnMajor, BLAS.upper, BLAS.transposed, Int32(width), Int32(m - start), 1, v + start + start * m,
      Int32(m), 0, triangle, Int32(width))
    for i in 0..<width { triangle[i + i * width] = Float(halfNorms[start + i]) }
  }

  /// C −= V·T·(VᵀC), where C is the part from (start, start) on.
  private borrowing func reflectByColumn(
    _ q: Target, _ start: Int, _ width: Int, _ triangle: UnsafeMutablePointer<Float>,
    _ work: UnsafeMutablePointer<Float>, _ blas: BLAS
  ) {
    let (b, rows, columns) = (Int32(width), Int32(m - start), Int32(n - start))
    let (vectors, ldv) = (v + start + start * m, Int32(m))
    let (c, ldc) = (q.at(start, start), Int32(max(q.columnStride, m)))
    blas.sgemm(
      BLAS.columnMajor, BLAS.transposed, BLAS.asIs, b, columns, rows, 1, vectors, ldv, c, ldc, 0, work, b)
    blas.strsm(
      BLAS.columnMajor, BLAS.left, BLAS.upper, BLAS.asIs, BLAS.anyDiagonal, b, columns, 1, triangle, b, work,
      b)
    blas.sgemm(BLAS.columnMajor, BLAS.asIs, BLAS.asIs, rows, columns, b, -1, vectors, ldv, work, b, 1, c, ldc)
  }

  /// The same for a matrix stored by row, which is its transpose stored by column: Cᵀ −= (CᵀV)·Tᵀ·Vᵀ.
  private borrowing func reflectByRow(
    _ q: Target, _ start: Int, _ width: Int, _ triangle: UnsafeMutablePointer<Float>,
    _ work: UnsafeMutablePointer<Float>, _ blas: BLAS
  ) {
    let (b, rows, columns) = (Int32(width), Int32(m - start), Int32(n - start))
    let (vectors, ldv) = (v + start + start * m, Int32(m))
    let (c, ldc) = (q.at(start, start), Int32(max(q.rowStride, n)))
    blas.sgemm(
      BLAS.columnMajor, BLAS.asIs, BLAS.asIs, columns, b, rows, 1, c, ldc, vectors, ldv, 0, work, columns)
    blas.strsm(
      BLAS.columnMajor, BLAS.right, BLAS.upper, BLAS.transposed, BLAS.anyDiagonal, columns, b, 1, triangle, b,
      work, columns)
    blas.sgemm(
      BLAS.columnMajor, BLAS.asIs, BLAS.transposed, columns, rows, b, -1, work, columns, vectors, ldv, 1, c,
      ldc)
  }

  /// Gives each column its sign and exactly the length `gain`: rounding has moved it by some 10⁻⁶.
  private borrowing func scaleByColumn(_ q: Target, _ gain: Double) {
    for j in 0..<n {
      let column = q.at(0, j)
      let factor = factor(j, gain, squareNorm: Reflectors.squareNorm(column, m))
      for i in 0..<m { column[i] *= factor }
    }
  }

  /// - Parameter work: memory for three floats a column.
  private borrowing func scaleByRow(_ q: Target, _ gain: Double, _ work: UnsafeMutablePointer<Float>) {
    work.withMemoryRebound(to: Double.self, capacity: n) { squares in
      squares.update(repeating: 0, count: n)
      for i in 0..<m {
        let row = q.at(i, 0)
        for j in 0..<n { squares[j] += Double(row[j]) * Double(row[j]) }
      }
      let factors = work + 2 * n
      for j in 0..<n { factors[j] = factor(j, gain, squareNorm: squares[j]) }
      for i in 0..<m {
        let row = q.at(i, 0)
        for j in 0..<n { row[j] *= factors[j] }
      }
    }
  }

  private borrowing func factor(_ j: Int, _ gain: Double, squareNorm: Double) -> Float {
    Float(gain * Double(signs[j]) / squareNorm.squareRoot())
  }
}
