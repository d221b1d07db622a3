import Glibc

/// The bytes of a view whose elements stand apart, gathered in C order.
///
/// The innermost axes that lie without holes are one block, which is copied whole; the others are counted through.
struct StridedBytes {
  private let sizes: [Int]
  /// Between neighbors along each axis, in bytes.
  private let strides: [Int]
  /// The bytes that stand together.
  private let block: Int

  init(_ entry: PyTorchFile.Entry) {
    self.init(shape: entry.shape, strides: entry.strides, elementSize: entry.elementSize)
  }

  init(shape: [Int], strides: [Int], elementSize: Int) {
    // Along an axis of one element nothing is stepped over, whatever its stride says.
    var axes = zip(shape, strides).filter { $0.0 != 1 }
    var block = elementSize
    while let (size, stride) = axes.last,
      stride.multipliedReportingOverflow(by: elementSize) == (block, false)
    {
      block *= size
      axes.removeLast()
    }
    sizes = axes.map(\.0)
    self.strides = axes.map { $0.1 &* elementSize }
    self.block = block
  }

  /// Whether all bytes stand together.
  var isContiguous: Bool { sizes.isEmpty }

  /// Copies from the view that begins at a buffer's first byte.
  ///
  /// - Parameters:
  ///   - offset: How many of the gathered bytes come before the first that is copied.
  ///   - target: Gets as many bytes as it has; the view must have these.
  func copy(
    from source: UnsafeRawBufferPointer, _ offset: Int, into target: UnsafeMutableRawBufferPointer
  ) {
    guard var to = target.baseAddress, let from = source.baseAddress, block > 0 else { return }
    var (number, within) = offset.quotientAndRemainder(dividingBy: block)
    var indices = sizes
    var place = 0
    for axis in sizes.indices.reversed() {
      (number, indices[axis]) = number.quotientAndRemainder(dividingBy: sizes[axis])
      place += indices[axis] * strides[axis]
    }
    var left = target.count
    while left > 0 {
      let count = min(block - within, left)
      memcpy(to, from + place + within, count)
      (to, left, within) = (to + count, left - count, 0)
      step(&indices, &place)
    }
  }

  /// Goes to the next block.
  @inline(__always) private func step(_ indices: inout [Int], _ place: inout Int) {
    var axis = sizes.count - 1
    while axis >= 0 {
      indices[axis] += 1
      place += strides[axis]
      if indices[axis] < sizes[axis] { return }
      place -= sizes[axis] * strides[axis]
      indices[axis] = 0
      axis -= 1
    }
  }
}
