import Diagnostics
import Glibc
import LayerVocabulary
import Tensors

extension Draw {
  /// Zeros, and `gain` from each input to the same output at the kernel's center; then moved cyclically.
  func diagonalValues(_ shape: Shape) throws(Diagnostic) -> [Float] {
    let gain = Float(try number("gain"))
    let layout = try MatrixLayout(self, shape)
    let center = try centerIndex(shape, besides: [layout.outAxis, layout.inAxis])
    let (rows, columns) = (layout.rows(shape), shape[layout.inAxis] / layout.inPieces)
    let shifts = shape.sizes.indices.map { Int(exactly: self["shift_\($0)"] ?? 0) ?? 0 }
    let strides = shape.strides
    var values = [Float](repeating: 0, count: shape.count)
    for piece in 0..<layout.pieces {
      for i in 0..<min(rows, columns) {
        var index = center
        index[layout.outAxis] = piece / layout.inPieces * rows + i
        index[layout.inAxis] = piece % layout.inPieces * columns + i
        let offset = index.indices.reduce(0) { sum, axis in
          sum + Draw.wrapped(index[axis], shifts[axis], shape[axis]) * strides[axis]
        }
        values[offset] = gain
      }
    }
    return values
  }

  private static func wrapped(_ index: Int, _ shift: Int, _ size: Int) -> Int {
    let moved = (index + shift % size) % size
    return moved < 0 ? moved + size : moved
  }

  /// Normal values, 0 where the words of lane 1 are smallest in their column or row.
  func sparseValues(_ shape: Shape, _ stream: RandomStream) throws(Diagnostic) -> [Float] {
    let std = try number("std")
    let along = try integer("along", in: 0...1)
    guard shape.rank == 2 else { throw malformed("\(shape)") }
    let zeros = try integer("zeros", in: 0...shape[along])
    var values = try Draw.normal(std: std).values(shape: shape, stream: stream)
    let lane = RandomStream(seed: stream.seed, nameHash: stream.nameHash, lane: 1)
    let words = [UInt32](unsafeUninitializedCapacity: shape.count) { buffer, count in
      count = shape.count
      lane.fillWords(UnsafeMutableBufferPointer(rebasing: buffer[..<count]), from: 0)
    }
    let strides = shape.strides
    for line in 0..<shape[1 - along] {
      let places = (0..<shape[along]).map { line * strides[1 - along] + $0 * strides[along] }
      for place in places.sorted(by: { (words[$0], $0) < (words[$1], $1) }).prefix(zeros) {
        values[place] = 0
      }
    }
    return values
  }

  /// Cosines or sines under a window; computed in double precision.
  func fourierValues(_ shape: Shape) throws(Diagnostic) -> [Float] {
    guard shape.rank == 3 else { throw malformed("\(shape)") }
    let (bins, frame) = (try integer("bin_axis", in: 0...2), try integer("frame_axis", in: 0...2))
    guard bins != frame, shape.count == shape[bins] * shape[frame], shape[bins] >= 2 else {
      throw malformed("\(shape)")
    }
    let isReal = try integer("side", in: 0...1) == 0
    let window = try scaledWindow(shape[frame])
    let (strides, period) = (shape.strides, Double(2 * (shape[bins] - 1)))
    var values = [Float](repeating: 0, count: shape.count)
    for f in 0..<shape[bins] {
      for t in window.indices {
        let angle = -2 * Double.pi * (Double(t) * Double(f)).truncatingRemainder(dividingBy: period) / period
        values[f * strides[bins] + t * strides[frame]] = Float((isReal ? cos(angle) : sin(angle)) * window[t])
      }
    }
    return values
  }

  private func scaledWindow(_ count: Int) throws(Diagnostic) -> [Double] {
    let kind = Fourier.Window.allCases[try integer("window", in: 0...Fourier.Window.allCases.count - 1)]
    let scaling = Fourier.Scaling.allCases[try integer("scaling", in: 0...Fourier.Scaling.allCases.count - 1)]
    let window = kind.values(count, periodic: try integer("periodic", in: 0...1) == 1)
    let scale: Double =
      switch kind == .none ? .none : scaling {
      case .none: 1
      case .density: window.reduce(0) { $0 + $1 * $1 }.squareRoot()
      case .spectrum: window.reduce(0) { $0 + abs($1) }
      }
    return window.map { $0 / scale }
  }

  /// The index of the kernel's center, read from the numbers `center_…`; 0 along the given axes.
  func centerIndex(_ shape: Shape, besides axes: [Int]) throws(Diagnostic) -> [Int] {
    var index = Array(repeating: 0, count: shape.rank)
    for axis in shape.sizes.indices where !axes.contains(axis) {
      index[axis] = try integer("center_\(axis)", in: 0...max(0, shape[axis] - 1))
    }
    return index
  }
}
