import Diagnostics
import Tensors

extension Draw {
  /// A Haar-distributed matrix for each part and group.
  func orthogonalValues(_ shape: Shape, _ stream: RandomStream) throws(Diagnostic) -> [Float] {
    let gain = try number("gain")
    let layout = try MatrixLayout(self, shape)
    let blas = try BLAS.loaded()
    let (rows, columns) = (layout.rows(shape), layout.columns(shape))
    return [Float](unsafeUninitializedCapacity: shape.count) { buffer, count in
      count = shape.count
      guard let base = buffer.baseAddress else { return }
      for piece in 0..<layout.pieces {
        let first = piece * rows * columns
        let matrix = HaarMatrix(
          rows: rows, columns: columns, first: first, gain: gain, stream: stream, blas: blas)
        if let target = layout.target(of: piece, in: shape, base) {
          matrix.write(to: target.base, rowStride: target.rowStride, columnStride: target.columnStride)
        } else {
          let places = layout.places(of: piece, in: shape)
          matrix.scatter(to: base + places.first, rowStride: shape.strides[layout.outAxis], places.columns)
        }
      }
    }
  }

  /// Zeros with a Haar-distributed matrix at the kernel's center, for each part and group.
  func deltaOrthogonalValues(_ shape: Shape, _ stream: RandomStream) throws(Diagnostic) -> [Float] {
    let gain = try number("gain")
    let layout = try MatrixLayout(self, shape)
    let blas = try BLAS.loaded()
    let center = try centerIndex(shape, besides: [layout.outAxis, layout.inAxis])
    let (rows, columns) = (layout.rows(shape), shape[layout.inAxis] / layout.inPieces)
    guard rows >= columns else { throw malformed("fewer outputs than inputs, \(shape)") }
    let strides = shape.strides
    let (rowStride, columnStride) = (strides[layout.outAxis], strides[layout.inAxis])
    let middle = zip(center, strides).reduce(0) { $0 + $1.0 * $1.1 }
    var values = [Float](repeating: 0, count: shape.count)
    values.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { return }
      for piece in 0..<layout.pieces {
        let matrix = HaarMatrix(
          rows: rows, columns: columns, first: piece * rows * columns, gain: gain, stream: stream, blas: blas)
        let (outPiece, inPiece) = (piece / layout.inPieces, piece % layout.inPieces)
        let corner = base + middle + outPiece * rows * rowStride + inPiece * columns * columnStride
        matrix.scatter(to: corner, rowStride: rowStride, (0..<columns).map { $0 * columnStride })
      }
    }
    return values
  }
}

extension MatrixLayout {
  /// Where a matrix lies if its rows or columns are contiguous in the tensor; nil if they are not.
  func target(
    of piece: Int, in shape: Shape, _ base: UnsafeMutablePointer<Float>
  ) -> (base: UnsafeMutablePointer<Float>, rowStride: Int, columnStride: Int)? {
    guard inPieces == 1 else { return nil }
    if outAxis == 0 { return (base + piece * rows(shape) * columns(shape), columns(shape), 1) }
    if outAxis == shape.rank - 1 { return (base + piece * rows(shape), 1, shape[outAxis]) }
    return nil
  }
}

/// One matrix with orthonormal rows or columns, whichever are fewer.
struct HaarMatrix {
  let rows, columns: Int
  /// The index of its first normal value in the stream.
  let first: Int
  let gain: Double
  let stream: RandomStream
  let blas: BLAS

  /// Writes element (r, c) to `base[r·rowStride + c·columnStride]`; one of the strides must be 1.
  func write(to base: UnsafeMutablePointer<Float>, rowStride: Int, columnStride: Int) {
    let isTall = rows >= columns
    let reflectors = Reflectors(m: max(rows, columns), n: min(rows, columns), first: first, stream: stream)
    let target = Reflectors.Target(
      base: base, rowStride: isTall ? rowStride : columnStride,
      columnStride: isTall ? columnStride : rowStride)
    reflectors.write(to: target, gain: gain, using: blas)
  }

  /// Writes element (r, c) to `base[r·rowStride + places[c]]`, by way of a buffer.
  func scatter(to base: UnsafeMutablePointer<Float>, rowStride: Int, _ places: [Int]) {
    let buffer = UnsafeMutablePointer<Float>.allocate(capacity: rows * columns)
    defer { buffer.deallocate() }
    write(to: buffer, rowStride: columns, columnStride: 1)
    for r in 0..<rows {
      for c in 0..<columns { base[r * rowStride + places[c]] = buffer[r * columns + c] }
    }
  }
}
