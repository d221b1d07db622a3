/// A short list of axes that takes no memory of its own.
struct AxisList: Sendable, Equatable, RandomAccessCollection {
  /// The number of axes in the last byte, the axes in those before it.
  private var bytes = SIMD8<Int8>(repeating: 0)

  /// The most axes that a list holds.
  static let limit = 7

  /// A list of axes; one that is out of bounds, or one too many, becomes −1, which no tensor has.
  init(_ axes: [Int]) {
    for (index, axis) in axes.prefix(AxisList.limit).enumerated() { bytes[index] = Int8(exactly: axis) ?? -1 }
    if axes.count > AxisList.limit { bytes[AxisList.limit - 1] = -1 }
    bytes[AxisList.limit] = Int8(Swift.min(axes.count, AxisList.limit))
  }

  var startIndex: Int { 0 }
  var endIndex: Int { Int(bytes[AxisList.limit]) }
  subscript(index: Int) -> Int { Int(bytes[index]) }
}
