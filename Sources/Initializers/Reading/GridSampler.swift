import Diagnostics
import LayerVocabulary
import Tensors

/// How two grids lie in two tensors: in each of `outer` tables first `prefix` places, then a grid row by row; `inner` numbers a place.
struct GridLayout: Sendable {
  private(set) var (outer, prefix, inner) = (1, 0, 1)
  private(set) var (old, new) = ((height: 1, width: 1), (height: 1, width: 1))

  /// The most places that may stand before a grid without being said.
  private static let longestPrefix = 16

  /// The layout of two shapes; nil where they are no such grids, or may be several.
  init?(_ source: Shape, _ shape: Shape, _ said: Resample) {
    guard source.rank == shape.rank, shape.rank >= 2 else { return nil }
    let axes = GridLayout.axes(thatDifferIn: source, shape)
    guard axes == [shape.rank - 2] || axes.isEmpty, shape.rank <= 3 else {
      guard let pair = GridLayout.pair(axes, source, shape, said) else { return nil }
      self = pair
      return
    }
    inner = shape[shape.rank - 1]
    outer = shape.rank == 3 ? shape[0] : 1
    let (before, after) = (source[shape.rank - 2], shape[shape.rank - 2])
    let prefixes = said.prefix.map { $0...$0 } ?? 0...GridLayout.longestPrefix
    let fitting = prefixes.compactMap { prefix in
      GridLayout.grid(said.oldGrid, before - prefix).flatMap { old in
        GridLayout.grid(said.grid, after - prefix).map { (prefix, old, $0) }
      }
    }
    guard fitting.count == 1 else { return nil }
    (prefix, old, new) = fitting[0]
  }

  private init() {}

  /// Two axes that are the grid.
  private static func pair(_ axes: [Int], _ source: Shape, _ shape: Shape, _ said: Resample) -> GridLayout? {
    let last = shape.rank - 1
    var pair = axes
    // Where one axis alone differs, the other is known only at an end: channels come first or last.
    if axes.count == 1, shape.rank == 4 { pair = axes[0] == last ? [last - 1, last] : axes[0] == 1 ? [1, 2] : [] }
    guard pair.count == 2, pair[1] == pair[0] + 1, said.prefix ?? 0 == 0 else { return nil }
    var layout = GridLayout()
    layout.old = (source[pair[0]], source[pair[1]])
    layout.new = (shape[pair[0]], shape[pair[1]])
    guard said.oldGrid.map({ $0 == [layout.old.height, layout.old.width] }) ?? true,
      said.grid.map({ $0 == [layout.new.height, layout.new.width] }) ?? true
    else { return nil }
    layout.outer = shape.sizes[..<pair[0]].reduce(1, *)
    layout.inner = shape.sizes[(pair[1] + 1)...].reduce(1, *)
    return layout
  }

  private static func grid(_ said: [Int]?, _ places: Int) -> (height: Int, width: Int)? {
    guard places > 0 else { return nil }
    if let said {
      return said[0].multipliedReportingOverflow(by: said[1]) == (places, false) ? (said[0], said[1]) : nil
    }
    let side = Int(Double(places).squareRoot().rounded())
    return side * side == places ? (side, side) : nil
  }

  private static func axes(thatDifferIn a: Shape, _ b: Shape) -> [Int] {
    b.sizes.indices.filter { a[$0] != b[$0] }
  }

  /// The one axis along which two shapes of the same rank differ; nil where there are more.
  static func onlyAxis(thatDiffersIn a: Shape, _ b: Shape) -> Int? {
    let axes = axes(thatDifferIn: a, b)
    return axes.count == 1 ? axes[0] : nil
  }

  private static let names = ["outer", "prefix", "old_height", "old_width", "height", "width", "inner"]

  /// As a draw has it.
  var numbers: [Draw.Number] {
    let values = [outer, prefix, old.height, old.width, new.height, new.width, inner]
    return zip(GridLayout.names, values).map { Draw.Number($0, Double($1)) }
  }

  init(_ draw: Draw) throws(Diagnostic) {
    let values = try GridLayout.names.map { (name) throws(Diagnostic) in
      try draw.integer(name, in: (name == "prefix" ? 0 : 1)...Int(Int32.max))
    }
    (outer, prefix, old, new, inner) = (values[0], values[1], (values[2], values[3]), (values[4], values[5]), values[6])
  }

  /// Whether tables of that layout have as many elements as two shapes.
  func fits(_ source: Shape, _ shape: Shape) -> Bool {
    func count(_ grid: (height: Int, width: Int)) -> Int? {
      let (places, isOver) = grid.height.multipliedReportingOverflow(by: grid.width)
      return isOver ? nil : Shape(checking: [outer, places + prefix, inner])?.count
    }
    return count(old) == source.count && count(new) == shape.count
  }
}

/// Values between the places of a grid: columns first, then rows, in double precision.
struct GridSampler {
  private let layout: GridLayout
  private let (rows, columns): ([GridTaps], [GridTaps])

  init(_ draw: Draw) throws(Diagnostic) {
    layout = try GridLayout(draw)
    let mode = Resample.Mode.allCases[try draw.integer("mode", in: 0...2)]
    let (isAligned, smooths) = (
      try draw.integer("align_corners", in: 0...1) == 1, try draw.integer("antialias", in: 0...1) == 1
    )
    func taps(_ old: Int, _ new: Int) -> [GridTaps] {
      (0..<new).map { smooths ? GridTaps(smoothing: $0, old, new, mode) : GridTaps($0, old, new, mode, isAligned) }
    }
    rows = taps(layout.old.height, layout.new.height)
    columns = taps(layout.old.width, layout.new.width)
  }

  /// All values of the new tensor.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  func made(of source: Tensor) throws(Diagnostic) -> FloatBuffer {
    let (old, new, inner) = (layout.old, layout.new, layout.inner)
    let sizes = [
      layout.prefix + old.height * old.width, old.height * new.width, layout.prefix + new.height * new.width,
    ]
    let result = try FloatBuffer(count: layout.outer * sizes[2] * inner)
    let memory = try Memory.allocate(of: Double.self, count: sizes.reduce(0, +) * inner)
    defer { Memory.free(memory) }
    let before = UnsafeMutableBufferPointer(start: memory, count: sizes[0] * inner)
    let between = UnsafeMutableBufferPointer(start: memory + before.count, count: sizes[1] * inner)
    let after = UnsafeMutableBufferPointer(start: memory + before.count + between.count, count: sizes[2] * inner)
    for table in 0..<layout.outer {
      source.read(from: table * before.count, into: before)
      let kept = layout.prefix * inner
      for index in 0..<kept { after[index] = before[index] }
      for row in 0..<old.height {
        for column in 0..<new.width {
          columns[column].sum(
            before, kept + row * old.width * inner, step: inner, to: between, (row * new.width + column) * inner, inner)
        }
      }
      for row in 0..<new.height {
        rows[row].sum(between, 0, step: new.width * inner, to: after, kept + row * new.width * inner, new.width * inner)
      }
      for index in after.indices { result.values[table * after.count + index] = Float(after[index]) }
    }
    return result
  }
}

/// Which old places one new place is made of along an axis, and how much of each.
struct GridTaps {
  private var taps: [(place: Int, weight: Double)] = []

  /// As torch's `interpolate` without `antialias`.
  init(_ place: Int, _ old: Int, _ new: Int, _ mode: Resample.Mode, _ isAligned: Bool) {
    guard mode != .nearest else {
      taps = [(min(place * old / new, old - 1), 1)]
      return
    }
    let center =
      isAligned
      ? (new > 1 ? Double(place) * (Double(old - 1) / Double(new - 1)) : 0)
      : (Double(place) + 0.5) * (Double(old) / Double(new)) - 0.5
    let start = mode == .bilinear ? max(center, 0) : center
    let first = Int(start.rounded(.down))
    let distances = mode == .bilinear ? 0...1 : -1...2
    for offset in distances {
      let weight = GridTaps.weight(start - Double(first + offset), mode, sharpness: -0.75)
      taps.append((min(max(first + offset, 0), old - 1), weight))
    }
  }

  /// As torch's `interpolate` with `antialias`: the kernel is as wide as the old places that one new one stands for.
  init(smoothing place: Int, _ old: Int, _ new: Int, _ mode: Resample.Mode) {
    let scale = Double(old) / Double(new)
    let width = max(scale, 1)
    let support = (mode == .bilinear ? 1 : 2) * width
    let center = scale * (Double(place) + 0.5)
    let first = max(Int(center - support + 0.5), 0)
    let end = min(Int(center + support + 0.5), old)
    for index in first..<max(end, first) {
      taps.append((index, GridTaps.weight((Double(index) - center + 0.5) / width, mode, sharpness: -0.5)))
    }
    let total = taps.reduce(0) { $0 + $1.weight }
    for index in taps.indices where total != 0 { taps[index].weight /= total }
  }

  /// The kernel at a distance: a triangle, or Keys' cubic convolution.
  private static func weight(_ distance: Double, _ mode: Resample.Mode, sharpness a: Double) -> Double {
    let x = abs(distance)
    if mode == .bilinear { return max(1 - x, 0) }
    if x <= 1 { return ((a + 2) * x - (a + 3)) * x * x + 1 }
    return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0
  }

  /// Writes the weighted sum of blocks of `count` numbers that lie `step` apart.
  func sum(
    _ source: UnsafeMutableBufferPointer<Double>, _ first: Int, step: Int,
    to target: UnsafeMutableBufferPointer<Double>,
    _ start: Int, _ count: Int
  ) {
    for index in 0..<count { target[start + index] = 0 }
    for (place, weight) in taps {
      let from = first + place * step
      for index in 0..<count { target[start + index] += weight * source[from + index] }
    }
  }
}

extension Draw {
  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw`` if the numbers do not fit tensor and source.
  func checkGrids(_ shape: Shape, _ source: DrawSource) throws(Diagnostic) {
    guard source.dtype.isFloatingPoint, try GridLayout(self).fits(source.shape, shape) else {
      throw malformed("a source \(source.dtype) \(source.shape) for \(shape)")
    }
    _ = try integer("mode", in: 0...2)
    _ = try integer("align_corners", in: 0...1)
    _ = try integer("antialias", in: 0...1)
  }
}
