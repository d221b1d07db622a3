import Diagnostics
import LayerVocabulary
import Tensors

/// A whole-tensor method of which little has to be known before any range of elements can be made: no tensor is needed.
package enum DrawPattern: Sendable {
  case diagonal(DiagonalPattern)
  case sparse(SparsePattern)

  /// Writes the elements from `first` on.
  package func fill(_ values: UnsafeMutableBufferPointer<Float>, from first: Int) throws(Diagnostic) {
    switch self {
    case .diagonal(let pattern): pattern.fill(values, from: first)
    case .sparse(let pattern): try pattern.fill(values, from: first)
    }
  }

  /// The same, rounded to a type, into memory aligned for it.
  package func fill(_ bytes: UnsafeMutableRawBufferPointer, dtype: DType, from first: Int) throws(Diagnostic) {
    let count = bytes.count / dtype.size
    if dtype == .f32 { return try fill(bytes.assumingMemoryBound(to: Float.self), from: first) }
    // What stays in the cache.
    let block = min(8192, count)
    let buffer = try FloatBuffer(count: block)
    for start in stride(from: 0, to: count, by: max(block, 1)) {
      let part = UnsafeMutableBufferPointer(rebasing: buffer.values[..<min(block, count - start)])
      try fill(part, from: first + start)
      let target = UnsafeMutableRawBufferPointer(rebasing: bytes[(start * dtype.size)...])
      Draw.convert(UnsafeBufferPointer(part), to: target, dtype: dtype)
    }
  }
}

extension Draw {
  /// Whether ranges can be made once the ``pattern(shape:stream:)`` is known.
  package var isPattern: Bool { [.dirac, .identity, .sparse].contains(method) }

  /// Whether what ranges need is found once for the whole tensor, and takes little memory.
  package var isPrepared: Bool { isPattern || isPreparedOfOthers }

  /// What has to be known of a tensor before ranges of it are made.
  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw``, ``Diagnostics/ErrorCode/outOfMemory``.
  package func pattern(shape: Shape, stream: RandomStream) throws(Diagnostic) -> DrawPattern {
    method == .sparse
      ? .sparse(try SparsePattern(self, shape, stream)) : .diagonal(try DiagonalPattern(self, shape))
  }
}

/// Zeros, and `gain` from each input to the same output at the kernel's center; then moved cyclically.
package struct DiagonalPattern: Sendable {
  private let gain: Float
  /// Where the gains are, in order.
  private let places: [Int]

  init(_ draw: Draw, _ shape: Shape) throws(Diagnostic) {
    gain = Float(try draw.number("gain"))
    let layout = try MatrixLayout(draw, shape)
    let center = try draw.centerIndex(shape, besides: [layout.outAxis, layout.inAxis])
    let (rows, columns) = (layout.rows(shape), shape[layout.inAxis] / layout.inPieces)
    let shifts = shape.sizes.indices.map { Int(exactly: draw["shift_\($0)"] ?? 0) ?? 0 }
    let (strides, count) = (shape.strides, layout.pieces * min(rows, columns))
    try Memory.require(8 * count)
    var places: [Int] = []
    places.reserveCapacity(count)
    var index = center
    for piece in 0..<layout.pieces {
      for i in 0..<min(rows, columns) {
        index[layout.outAxis] = piece / layout.inPieces * rows + i
        index[layout.inAxis] = piece % layout.inPieces * columns + i
        var offset = 0
        for axis in strides.indices {
          offset += DiagonalPattern.wrapped(index[axis], shifts[axis], shape[axis]) * strides[axis]
        }
        places.append(offset)
      }
    }
    places.sort()
    self.places = places
  }

  private static func wrapped(_ index: Int, _ shift: Int, _ size: Int) -> Int {
    let moved = (index + shift % size) % size
    return moved < 0 ? moved + size : moved
  }

  func fill(_ values: UnsafeMutableBufferPointer<Float>, from first: Int) {
    values.update(repeating: 0)
    var (low, high) = (0, places.count)
    while low < high {
      let middle = (low + high) / 2
      if places[middle] < first { low = middle + 1 } else { high = middle }
    }
    while low < places.count, places[low] - first < values.count {
      values[places[low] - first] = gain
      low += 1
    }
  }
}

/// Normal values, 0 where the words of lane 1 are smallest in their column or row.
package struct SparsePattern: Sendable {
  private let std: Float
  private let along: Int
  private let columns: Int
  private let stream: RandomStream
  private let words: RandomStream
  /// For each line, the word and the place of its last zero; nil where there are no zeros.
  private let limits: [UInt64]?

  /// The words that are looked at at once, for memory of 32 MiB with what is sorted of them.
  private static let tile = 4 << 20

  init(_ draw: Draw, _ shape: Shape, _ stream: RandomStream) throws(Diagnostic) {
    std = Float(try draw.number("std"))
    along = try draw.integer("along", in: 0...1)
    guard shape.rank == 2, shape[along] <= Int(UInt32.max) else { throw draw.malformed("\(shape)") }
    let zeros = try draw.integer("zeros", in: 0...shape[along])
    columns = shape[1]
    self.stream = stream
    words = RandomStream(seed: stream.seed, nameHash: stream.nameHash, lane: 1)
    limits = zeros == 0 ? nil : try SparsePattern.limits(words, shape, along, zeros)
  }

  /// The limits of all lines, found a few lines at a time.
  private static func limits(
    _ words: RandomStream, _ shape: Shape, _ along: Int, _ zeros: Int
  ) throws(Diagnostic) -> [UInt64] {
    let (length, lines) = (shape[along], shape[1 - along])
    try Memory.require(8 * lines)
    let width = max(1, min(lines, tile / max(1, length)))
    let memory = try Memory.allocate(of: UInt32.self, count: width * length)
    defer { Memory.free(memory) }
    let sorting = try Memory.allocate(of: UInt64.self, count: length)
    defer { Memory.free(sorting) }
    var keys = UnsafeMutableBufferPointer(start: sorting, count: length)
    var limits: [UInt64] = []
    limits.reserveCapacity(lines)
    for first in stride(from: 0, to: lines, by: width) {
      let count = min(width, lines - first)
      if along == 1 {
        words.fillWords(UnsafeMutableBufferPointer(start: memory, count: count * length), from: first * length)
      } else {
        for row in 0..<length {
          words.fillWords(
            UnsafeMutableBufferPointer(start: memory + row * count, count: count), from: row * lines + first)
        }
      }
      for line in 0..<count {
        for place in 0..<length {
          keys[place] = key(memory[along == 1 ? line * length + place : place * count + line], place)
        }
        keys.sort()
        limits.append(keys[zeros - 1])
      }
    }
    return limits
  }

  /// Orders by word, then by place.
  @inline(__always) private static func key(_ word: UInt32, _ place: Int) -> UInt64 {
    UInt64(word) << 32 | UInt64(truncatingIfNeeded: place)
  }

  func fill(_ values: UnsafeMutableBufferPointer<Float>, from first: Int) throws(Diagnostic) {
    stream.normal(values, from: first, mean: 0, std: std)
    guard let limits else { return }
    let block = min(8192, values.count)
    let memory = try Memory.allocate(of: UInt32.self, count: block)
    defer { Memory.free(memory) }
    var (row, column) = first.quotientAndRemainder(dividingBy: columns)
    for start in stride(from: 0, to: values.count, by: max(block, 1)) {
      let count = min(block, values.count - start)
      words.fillWords(UnsafeMutableBufferPointer(start: memory, count: count), from: first + start)
      for index in 0..<count {
        let (line, place) = along == 1 ? (row, column) : (column, row)
        if SparsePattern.key(memory[index], place) <= limits[line] { values[start + index] = 0 }
        column += 1
        if column == columns { (row, column) = (row + 1, 0) }
      }
    }
  }
}
