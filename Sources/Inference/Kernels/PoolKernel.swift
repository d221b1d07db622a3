import Tensors

/// The windows along one axis.
struct PoolAxis {
  /// One window.
  struct Window {
    /// The elements it covers.
    let elements: Range<Int>
    /// How many places it has, those in the margin included.
    let places: Int
  }
  /// How many there are.
  let count: Int
  private let window: (Int) -> Window

  /// Windows that divide an axis into parts of about one size.
  init(_ size: Int, adaptingTo count: Int) {
    self.count = count
    window = { index in
      let first = Int(Int128(index) * Int128(size) / Int128(count))
      let end = Int((Int128(index + 1) * Int128(size) + Int128(count) - 1) / Int128(count))
      return Window(elements: first..<end, places: end - first)
    }
  }

  /// Windows of one size; nil where there is none.
  init?(_ size: Int, _ axis: SlidingAxis, isCeiling: Bool) {
    guard var count = axis.convolved(size) else { return nil }
    // Far beyond what memory holds, and far from where the sums below overflow.
    guard size < Int.max / 4 else { return nil }
    let isCut = (count - 1) * axis.stride + axis.kernel < size + 2 * axis.padding
    if isCeiling, isCut, count * axis.stride < size + axis.padding { count += 1 }
    self.count = count
    window = { index in
      let first = index * axis.stride - axis.padding
      let end = min(first + axis.kernel, size + axis.padding)
      return Window(elements: max(first, 0)..<max(min(end, size), max(first, 0)), places: end - first)
    }
  }

  func list() -> [Window] { (0..<count).map(window) }
}

/// Largest and mean values of windows over images of three spatial axes, of which the first may be of size 1.
struct PoolKernel: @unchecked Sendable {
  private let size: Windows.Extent
  private let axes: [[PoolAxis.Window]]
  private var count: Int { axes.reduce(1) { $0 * $1.count } }

  init(_ input: Shape, _ windows: [[PoolAxis.Window]]) {
    size = Windows.Extent(input.sizes.dropFirst(2))
    let whole = [PoolAxis.Window(elements: 0..<1, places: 1)]
    axes = Array(repeating: whole, count: 3 - windows.count) + windows
  }

  func largest(_ x: Floats, into y: Output, threads: Int) {
    run(x, into: y, threads: threads, from: -Float.infinity) { best, row, _ in
      for value in row where value > best || value.isNaN { best = value }
    } result: { best, _ in
      best
    }
  }

  func mean(_ x: Floats, into y: Output, threads: Int) {
    run(x, into: y, threads: threads, from: 0.0) { sum, row, _ in
      for value in row { sum += Double(value) }
    } result: { sum, places in
      Float(sum / Double(places))
    }
  }

  /// Folds the rows of every window.
  @inline(__always)
  private func run<Sum: Sendable>(
    _ x: Floats, into y: Output, threads: Int, from start: Sum,
    add: @Sendable (inout Sum, UnsafeBufferPointer<Float>, Int) -> Void, result: @Sendable (Sum, Int) -> Float
  ) {
    Threads.forRanges(y.count / count, cost: size.count + 4 * count, threads: threads) { planes in
      for plane in planes {
        let (image, output) = (x.base + plane * size.count, y.from(plane * count))
        var place = 0
        for d in axes[0] {
          for h in axes[1] {
            for w in axes[2] {
              var sum = start
              for slice in d.elements {
                for row in h.elements {
                  let first = (slice * size.h + row) * size.w + w.elements.lowerBound
                  add(&sum, UnsafeBufferPointer(start: image + first, count: w.elements.count), 0)
                }
              }
              output[place] = result(sum, d.places * h.places * w.places)
              place += 1
            }
          }
        }
      }
    }
  }
}
