import Glibc
import Tensors

/// Results of branches as one tensor.
enum JoinKernel {
  /// Parts one after the other along an axis.
  static func concatenate(_ parts: [Floats], _ shapes: [Shape], axis: Int, to output: Output) {
    let lengths = shapes.map { $0.sizes[axis...].reduce(1, *) }
    let rows = shapes.first.map { $0.sizes[..<axis].reduce(1, *) } ?? 0
    var offset = 0
    for row in 0..<rows {
      for (part, length) in zip(parts, lengths) where length > 0 {
        memcpy(output.base + offset, part.base + row * length, length * MemoryLayout<Float>.size)
        offset += length
      }
    }
  }

  /// Parts combined element by element; axes of size 1 are repeated.
  static func combine(
    _ parts: [Floats], _ shapes: [Shape], _ shape: Shape, to output: Output, threads: Int,
    _ operation: @Sendable (Float, Float) -> Float
  ) {
    let length = shape.sizes.last ?? 1
    let rows = shape.count / length
    let strides = shapes.map { RepeatedStrides($0, in: shape) }
    Threads.forRanges(rows, cost: length * parts.count, threads: threads) { range in
      for row in range {
        let result = output.base + row * length
        for (index, part) in parts.enumerated() {
          let source = part.base + strides[index].offset(ofRow: row)
          let step = strides[index].step
          if index == 0 {
            for i in 0..<length { result[i] = source[i * step] }
          } else {
            for i in 0..<length { result[i] = operation(result[i], source[i * step]) }
          }
        }
      }
    }
  }
}

/// Where the elements of a tensor lie that is repeated along some axes.
struct RepeatedStrides: Sendable {
  private var axes: [(size: Int, stride: Int)] = []
  /// The distance of neighbors along the last axis.
  private(set) var step = 0

  /// - Precondition: the part can be repeated to the shape.
  init(_ part: Shape, in shape: Shape) {
    var stride = 1
    for axis in shape.sizes.indices.reversed() {
      let own = axis - (shape.rank - part.rank)
      let size = own >= 0 ? part[own] : 1
      axes.append((shape[axis], size == 1 ? 0 : stride))
      stride *= size
    }
    if let last = axes.first { step = last.stride }
    axes = Array(axes.dropFirst())
  }

  /// The offset of the first element of a row along the last axis.
  func offset(ofRow row: Int) -> Int {
    var (rest, offset) = (row, 0)
    for axis in axes {
      offset += rest % axis.size * axis.stride
      rest /= axis.size
    }
    return offset
  }
}
