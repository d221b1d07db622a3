import Tensors

/// How a kernel slides along one axis.
struct SlidingAxis: Sendable {
  let kernel, stride, padding, dilation: Int

  /// How many elements the kernel's taps span.
  var reach: Int { Int(clamping: wideReach) }
  private var wideReach: Int128 { Int128(dilation) * Int128(kernel - 1) + 1 }

  /// The number of positions over an axis of that size; nil where there is none.
  func convolved(_ size: Int) -> Int? {
    let room = Int128(size) + 2 * Int128(padding) - wideReach
    return room < 0 ? nil : Int(exactly: room / Int128(stride) + 1)
  }

  /// The size of which that many positions are taken up; nil where nothing is left, or too much.
  func transposed(_ count: Int, adding extra: Int) -> Int? {
    guard count > 0 else { return nil }
    let size = Int128(count - 1) * Int128(stride) - 2 * Int128(padding) + wideReach + Int128(extra)
    return size < 1 ? nil : Int(exactly: size)
  }
}

/// All positions of a kernel over an image of three spatial axes, of which the first may be of size 1.
///
/// A convolution reads the large image at each position of the small one; a transposed one adds to it.
struct Windows: Sendable {
  /// Depth, height and width.
  struct Extent: Sendable {
    let d, h, w: Int
    var count: Int { d * h * w }

    /// The last three of some numbers, with others in front where there are fewer.
    init(_ numbers: some Collection<Int>, filling: Int = 1) {
      let all = Array(repeating: filling, count: 3 - numbers.count) + numbers
      (d, h, w) = (all[0], all[1], all[2])
    }
  }
  let large, small, kernel, stride, padding, dilation: Extent

  /// Windows over images of the shapes `[N, C, …]`.
  init(_ axes: [SlidingAxis], large: Shape, small: Shape) {
    self.large = Extent(large.sizes.dropFirst(2))
    self.small = Extent(small.sizes.dropFirst(2))
    kernel = Extent(axes.map(\.kernel))
    stride = Extent(axes.map(\.stride))
    padding = Extent(axes.map(\.padding), filling: 0)
    dilation = Extent(axes.map(\.dilation))
  }

  /// Whether the taps of the kernel are the elements of the image, one to one.
  var areElements: Bool {
    kernel.count == 1 && stride.count == 1 && padding.d + padding.h + padding.w == 0
  }

  /// A run of positions with the same tap, along the last axis.
  struct Run {
    /// Where the run begins among the positions given, and how many positions it has.
    let offset, count: Int
    /// The offset of the row in the large image; nil where it lies in the margin.
    let row: Int?
    /// The place in the row for the first position.
    let start: Int
  }

  /// Calls the body for each run of some positions under a tap of the kernel.
  @inline(__always)
  func forRuns(_ positions: Range<Int>, tap: Int, _ body: (Run) -> Void) {
    let (kw, kh, kd) = (tap % kernel.w, tap / kernel.w % kernel.h, tap / kernel.w / kernel.h)
    var position = positions.lowerBound
    while position < positions.upperBound {
      let (x, y, z) = (position % small.w, position / small.w % small.h, position / small.w / small.h)
      let count = min(small.w - x, positions.upperBound - position)
      let (row, slice) = (
        y * stride.h - padding.h + kh * dilation.h, z * stride.d - padding.d + kd * dilation.d
      )
      let isInside = 0 <= row && row < large.h && 0 <= slice && slice < large.d
      body(
        Run(
          offset: position - positions.lowerBound, count: count,
          row: isInside ? (slice * large.h + row) * large.w : nil,
          start: x * stride.w - padding.w + kw * dilation.w))
      position += count
    }
  }

  /// The part of a run that lies within its row.
  @inline(__always)
  func inside(_ run: Run) -> Range<Int> {
    let first = run.start < 0 ? (stride.w - 1 - run.start) / stride.w : 0
    let end = run.start < large.w ? (large.w - 1 - run.start) / stride.w + 1 : 0
    return min(first, run.count)..<max(min(first, run.count), min(end, run.count))
  }
}
