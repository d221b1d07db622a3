import Diagnostics
import LayerVocabulary
import LinearAlgebra
import Tensors

extension Draw {
  /// A Haar-distributed matrix for each part and group.
  func writeOrthogonal(
    _ values: UnsafeMutableBufferPointer<Float>, _ shape: Shape, _ stream: RandomStream
  ) throws(Diagnostic) {
    let layout = try MatrixLayout(self, shape)
    // The places of columns are kept in arrays of integers, which are put together from smaller ones.
    try Memory.require(16 * layout.columns(shape))
    let matrices = HaarMatrices(
      rows: layout.rows(shape), columns: layout.columns(shape), count: layout.pieces, gain: try number("gain"),
      stream: stream)
    let places = MatrixPlaces(
      starts: (0..<layout.pieces).map { layout.start(of: $0, in: shape) },
      rowStride: shape.strides[layout.outAxis], columns: layout.columnOffsets(in: shape))
    try matrices.write(values, at: places)
  }

  /// Zeros with a Haar-distributed matrix at the kernel's center, for each part and group.
  func writeDeltaOrthogonal(
    _ values: UnsafeMutableBufferPointer<Float>, _ shape: Shape, _ stream: RandomStream
  ) throws(Diagnostic) {
    let layout = try MatrixLayout(self, shape)
    let center = try centerIndex(shape, besides: [layout.outAxis, layout.inAxis])
    let (rows, columns) = (layout.rows(shape), shape[layout.inAxis] / layout.inPieces)
    guard rows >= columns else { throw malformed("fewer outputs than inputs, \(shape)") }
    let strides = shape.strides
    let middle = zip(center, strides).reduce(0) { $0 + $1.0 * $1.1 }
    let matrices = HaarMatrices(
      rows: rows, columns: columns, count: layout.pieces, gain: try number("gain"), stream: stream)
    let places = MatrixPlaces(
      starts: (0..<layout.pieces).map { middle + layout.start(of: $0, in: shape) },
      rowStride: strides[layout.outAxis], columns: (0..<columns).map { $0 * strides[layout.inAxis] })
    try matrices.write(values, at: places)
  }
}

/// Where matrices lie in a tensor: element (r, c) of matrix k at `starts[k] + r·rowStride + columns[c]`.
struct MatrixPlaces {
  let starts: [Int]
  let rowStride: Int
  let columns: [Int]

  /// The distance between neighboring columns, if it is the same for all.
  var columnStride: Int? {
    let stride = columns.count > 1 ? columns[1] : 1
    return columns.indices.allSatisfy { columns[$0] == $0 * stride } ? stride : nil
  }
}

/// Matrices with orthonormal rows or columns, whichever are fewer, one after the other from one stream.
struct HaarMatrices {
  let rows, columns, count: Int
  let gain: Double
  let stream: RandomStream

  /// The longer and the shorter side.
  var m: Int { max(rows, columns) }
  var n: Int { min(rows, columns) }
  var isTall: Bool { rows >= columns }

  /// Writes all matrices to their places, and 0 elsewhere.
  /// - Throws: ``Diagnostics/ErrorCode/missingLibrary``, not for small matrices; ``Diagnostics/ErrorCode/outOfMemory``.
  func write(_ buffer: UnsafeMutableBufferPointer<Float>, at places: MatrixPlaces) throws(Diagnostic) {
    if !areSmall { try LinearAlgebra.prepareThread() }
    let blas = areSmall ? nil : try BLAS.loaded()
    guard let base = buffer.baseAddress else { return }
    if buffer.count > count * rows * columns { buffer.update(repeating: 0) }
    guard let blas else { return try writeSmall(to: base, places) }
    try blas.withOneThread { () throws(Diagnostic) in try writeEach(to: base, places, blas) }
  }

  private func writeEach(
    to base: UnsafeMutablePointer<Float>, _ places: MatrixPlaces, _ blas: BLAS
  ) throws(Diagnostic) {
    let columnStride = places.columnStride
    let isDirect = places.rowStride == 1 || columnStride == 1
    for (index, start) in places.starts.enumerated() {
      if isDirect, let columnStride {
        try write(index, to: base + start, places.rowStride, columnStride, blas)
      } else {
        try withScratch(rows * columns) { (matrix) throws(Diagnostic) in
          try write(index, to: matrix, columns, 1, blas)
          copy(matrix, rowStride: columns, columnStride: 1, to: base + start, places)
        }
      }
    }
  }

  /// One matrix, element (r, c) at `base[r·rowStride + c·columnStride]`; one of the strides is 1.
  private func write(
    _ index: Int, to base: UnsafeMutablePointer<Float>, _ rowStride: Int, _ columnStride: Int, _ blas: BLAS
  ) throws(Diagnostic) {
    let reflectors = try Reflectors(m: m, n: n, first: index * m * n, stream: stream)
    let target = Reflectors.Target(
      base: base, rowStride: isTall ? rowStride : columnStride, columnStride: isTall ? columnStride : rowStride)
    try reflectors.write(to: target, gain: gain, using: blas)
  }

  func copy(
    _ matrix: UnsafeMutablePointer<Float>, rowStride: Int, columnStride: Int,
    to base: UnsafeMutablePointer<Float>, _ places: MatrixPlaces
  ) {
    places.columns.withUnsafeBufferPointer { offsets in
      for r in 0..<rows {
        let (line, from) = (base + r * places.rowStride, matrix + r * rowStride)
        for c in 0..<columns { line[offsets[c]] = from[c * columnStride] }
      }
    }
  }

  func withScratch(
    _ count: Int, _ body: (UnsafeMutablePointer<Float>) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let memory = try Memory.allocate(of: Float.self, count: count)
    defer { Memory.free(memory) }
    try body(memory)
  }
}
