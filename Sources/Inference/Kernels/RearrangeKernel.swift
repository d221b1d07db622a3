import Diagnostics
import Layers
import Tensors

/// Some elements of a contiguous tensor, in another order.
struct StridedView: Sendable {
  private var axes: [(size: Int, stride: Int)]
  private var offset = 0
  /// The sizes under which the result is shown; their product is that of the view's.
  private var shown: [Int]?

  /// The sizes of the result.
  var result: [Int] { shown ?? axes.map(\.size) }

  /// All of a tensor.
  init(_ shape: Shape) {
    var stride = 1
    axes = []
    for size in shape.sizes.reversed() {
      axes.insert((size, stride), at: 0)
      stride *= size
    }
  }

  func permuted(_ order: [Int]) -> StridedView {
    var copy = self
    copy.axes = order.map { axes[$0] }
    return copy
  }

  func part(_ axis: Int, _ range: Range<Int>) -> StridedView {
    var copy = self
    copy.axes[axis].size = range.count
    copy.offset += range.lowerBound * axes[axis].stride
    return copy
  }

  func without(_ axis: Int) -> StridedView {
    var copy = self
    copy.axes.remove(at: axis)
    return copy
  }

  func presented(_ sizes: [Int]) -> StridedView {
    var copy = self
    copy.shown = sizes
    return copy
  }

  /// Copies the elements in the order of the view, row by row.
  func copy(_ x: Floats, into y: Output, threads: Int) {
    let (length, step) = axes.last ?? (1, 1)
    let outer = axes.dropLast()
    Threads.forRanges(y.count / length, cost: 4 * length, threads: threads) { rows in
      for row in rows {
        var (rest, first) = (row, offset)
        for axis in outer.reversed() {
          first += rest % axis.size * axis.stride
          rest /= axis.size
        }
        let (source, target) = (x.base + first, y.base + row * length)
        if step == 1 {
          target.update(from: source, count: length)
        } else {
          for i in 0..<length { target[i] = source[i * step] }
        }
      }
    }
  }
}

/// Pictures of another size.
struct UpsampleKernel: Sendable {
  /// For each place of the result along an axis, two places of the input, and the weight of the second.
  struct Axis: Sendable {
    let count: Int
    let places: [(first: Int, second: Int, weight: Float)]

    /// As torch finds them: `floor(i/factor)` for the nearest, `(i + ½)/factor − ½` for linear ones.
    init(_ size: Int, _ count: Int, _ factor: Double, _ mode: Upsample.Mode) {
      self.count = size
      places = (0..<count).map { index in
        guard mode == .bilinear else {
          let place = min(Int(clamping: Double(index) / factor), size - 1)
          return (place, place, 0)
        }
        let center = max(0, (Double(index) + 0.5) / factor - 0.5)
        let first = min(Int(clamping: center), size - 1)
        return (first, min(first + 1, size - 1), Float(center - Double(first)))
      }
    }
  }
  let rows, columns: Axis

  func run(_ x: Floats, planes: Int, into y: Output, threads: Int) {
    let size = rows.places.count * columns.places.count
    Threads.forRanges(planes, cost: 8 * size, threads: threads) { range in
      for plane in range {
        let image = x.base + plane * rows.count * columns.count
        var target = y.base + plane * size
        for row in rows.places {
          let (upper, lower) = (image + row.first * columns.count, image + row.second * columns.count)
          for (index, column) in columns.places.enumerated() {
            let above = mix(upper[column.first], upper[column.second], column.weight)
            target[index] = mix(above, mix(lower[column.first], lower[column.second], column.weight), row.weight)
          }
          target += columns.places.count
        }
      }
    }
  }

  @inline(__always) private func mix(_ a: Float, _ b: Float, _ weight: Float) -> Float {
    weight == 0 ? a : a * (1 - weight) + b * weight
  }
}

/// Rows of a table, reduced bag by bag.
struct BagKernel {
  let reduction: EmbeddingBag.Reduction
  let length, size: Int

  func run(_ indices: [Int], in table: Floats, into y: Output) {
    for bag in 0..<y.count / size {
      let result = y.from(bag * size)
      result.base.update(repeating: 0, count: size)
      for (position, index) in indices[bag * length..<(bag + 1) * length].enumerated() {
        let row = table.from(index * size)
        for i in 0..<size { add(row[i], to: &result.base[i], isFirst: position == 0) }
      }
      if reduction == .mean, length > 0 { for i in 0..<size { result[i] /= Float(length) } }
    }
  }

  @inline(__always) private func add(_ value: Float, to sum: inout Float, isFirst: Bool) {
    sum = isFirst ? value : reduction == .max ? max(sum, value) : sum + value
  }
}
