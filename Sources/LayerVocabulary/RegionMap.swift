import Tensors

/// A region of a tensor of known shape: its elements in order, each by its place among them.
///
/// Places count what the region's own words say. Which of these are meant after all, where later rules have taken
/// some away or a mask decides, is a selection over places: that costs only where it says something.
package struct RegionMap: Sendable {
  /// Elements at equal distances, and the place of the first.
  package struct Run {
    package var place: Int
    package var element: Int
    package var step: Int
    package var count: Int

    package init(place: Int, element: Int, step: Int, count: Int) {
      (self.place, self.element, self.step, self.count) = (place, element, step, count)
    }
  }

  /// What places are counted over.
  private enum Base: Sendable {
    case box(Box)
    case rows(RowList)
  }
  private let base: Base
  /// What decides over places besides: only where these are set, and not where those are.
  private let only: Tensor?
  private let without: [RegionMap]
  /// Whether the values of a mask are not there: nothing but counts can be asked for.
  package let lacksMask: Bool
  /// How many places there are.
  package let count: Int
  /// The sizes of what a method makes that makes a matrix, or sees a tensor as a whole.
  package let shape: Shape

  /// - Returns: nil where the region does not fit the shape.
  package init?(_ region: Region, in shape: Shape) {
    self.init(region.elements, without: region.without, in: shape)
  }

  private init?(_ elements: Region.Elements, without: [Region.Elements], in shape: Shape) {
    var (only, lacksMask): (Tensor?, Bool) = (nil, false)
    switch elements {
    case .all, .mask:
      base = .box(Box(shape.sizes.map { AxisSlice(start: 0, count: $0) }, shape))
      (count, self.shape) = (shape.count, shape)
      if case .mask(let mask) = elements {
        only = mask.values
        lacksMask = only == nil
        guard only.map({ $0.shape == shape && $0.dtype.size == 1 }) ?? true else { return nil }
      }
    case .box(let slices):
      guard slices.count == shape.rank, zip(slices, shape.sizes).allSatisfy({ $0.fits($1) }) else { return nil }
      base = .box(Box(slices, shape))
      self.shape = Shape(slices.map(\.count))
      count = self.shape.count
    case .rows(let rows):
      guard let list = RowList(rows, shape) else { return nil }
      base = .rows(list)
      self.shape = Shape([list.count] + shape.sizes.dropFirst())
      count = self.shape.count
    }
    self.only = only
    var others: [RegionMap] = []
    for elements in without {
      guard let map = RegionMap(elements, without: [], in: shape) else { return nil }
      others.append(map)
    }
    self.without = others
    self.lacksMask = lacksMask || others.contains(where: \.lacksMask)
  }

  /// Whether a mask decides over places.
  package var isMasked: Bool { only != nil }

  /// Whether something decides over places besides.
  package var isSelective: Bool { only != nil || lacksMask || !without.isEmpty }

  /// The elements, where they are one run without gaps and all are meant.
  package var denseRange: Range<Int>? {
    guard !isSelective, count > 0 else { return nil }
    var (runs, first) = (0, 0)
    forEachRun(in: 0..<count) { run in
      if run.step != 1 && run.count > 1 { runs += 1 }
      if runs == 0 { first = run.element }
      runs += 1
      return runs < 2
    }
    return runs == 1 ? first..<first + count : nil
  }

  /// Visits the elements at some places, in order, as long as the closure wants more.
  package func forEachRun<Failure: Error>(
    in places: Range<Int>, while body: (Run) throws(Failure) -> Bool
  ) throws(Failure) {
    guard !places.isEmpty else { return }
    switch base {
    case .box(let box): try box.forEachRun(in: places, body)
    case .rows(let rows): try rows.forEachRun(in: places, body)
    }
  }

  /// The first place whose element is not before another element; `count` where there is none.
  package func place(atOrAfter element: Int) -> Int {
    switch base {
    case .box(let box): box.place(atOrAfter: element)
    case .rows(let rows): rows.place(atOrAfter: element)
    }
  }

  /// Whether a range of elements may hold some of these.
  package func touches(_ elements: Range<Int>) -> Bool {
    place(atOrAfter: elements.lowerBound) < place(atOrAfter: elements.upperBound)
  }
}

extension AxisSlice {
  fileprivate func fits(_ size: Int) -> Bool {
    guard start >= 0, count > 0, step > 0, start < size else { return false }
    return (count - 1) <= (size - 1 - start) / step
  }
}

extension RegionMap {
  /// How many places are looked at at once.
  private static let block = 1 << 16

  /// Visits what is meant at some places.
  package func forEachSelected<Failure: Error>(
    in places: Range<Int>, _ body: (Run) throws(Failure) -> Void
  ) throws(Failure) {
    let everything = { (run: Run) throws(Failure) in
      try body(run)
      return true
    }
    guard isSelective else { return try forEachRun(in: places, while: everything) }
    for first in stride(from: places.lowerBound, to: places.upperBound, by: RegionMap.block) {
      let part = first..<min(first + RegionMap.block, places.upperBound)
      guard isDecided(part) else {
        try forEachRun(in: part, while: everything)
        continue
      }
      guard let left = selection(part) else { continue }
      try forEachRun(in: part) { (run) throws(Failure) in
        try RegionMap.forEachPiece(of: run, in: left, from: part.lowerBound, body)
        return true
      }
    }
  }

  /// How many elements are meant.
  package var selectedCount: Int {
    guard isSelective else { return count }
    var result = 0
    for first in stride(from: 0, to: count, by: RegionMap.block) {
      let part = first..<min(first + RegionMap.block, count)
      result += isDecided(part) ? selection(part)?.count { $0 } ?? 0 : part.count
    }
    return result
  }

  /// Sets to 0 what is not meant of bytes at places.
  package func clearRest(_ bytes: UnsafeMutableRawBufferPointer, at places: Range<Int>) {
    guard isSelective, !places.isEmpty, isDecided(places) else { return }
    let size = bytes.count / places.count
    guard let left = selection(places) else { return zero(bytes) }
    for index in left.indices where !left[index] {
      zero(UnsafeMutableRawBufferPointer(rebasing: bytes[index * size..<(index + 1) * size]))
    }
  }

  private func zero(_ bytes: UnsafeMutableRawBufferPointer) { bytes.initializeMemory(as: UInt8.self, repeating: 0) }

  /// Whether anything has a say at these places.
  private func isDecided(_ places: Range<Int>) -> Bool {
    guard only == nil else { return true }
    let elements = self.elements(around: places)
    return without.contains { $0.touches(elements) }
  }

  private func elements(around places: Range<Int>) -> Range<Int> {
    var (first, last) = (0, 0)
    forEachRun(in: places.lowerBound..<places.lowerBound + 1) { run in
      first = run.element
      return true
    }
    forEachRun(in: places.upperBound - 1..<places.upperBound) { run in
      last = run.element
      return true
    }
    return first..<last + 1
  }

  /// For each of some places whether it is meant; nil if none is.
  private func selection(_ places: Range<Int>) -> [Bool]? {
    var left = [Bool](repeating: true, count: places.count)
    if let only {
      // Only a whole tensor is under a mask: places are elements.
      only.withBytes { bytes in for index in left.indices { left[index] = bytes[places.lowerBound + index] != 0 } }
    }
    let around = elements(around: places)
    for other in without where other.touches(around) {
      let range = other.place(atOrAfter: around.lowerBound)..<other.place(atOrAfter: around.upperBound)
      other.forEachSelected(in: range) { (run) in exclude(run, places, &left) }
    }
    return left.contains(true) ? left : nil
  }

  private func exclude(_ run: Run, _ places: Range<Int>, _ left: inout [Bool]) {
    for index in 0..<run.count {
      let element = run.element + index * run.step
      let place = place(atOrAfter: element)
      guard places.contains(place), self.place(atOrAfter: element + 1) > place else { continue }
      left[place - places.lowerBound] = false
    }
  }

  /// The pieces of a run that are left of it.
  private static func forEachPiece<Failure: Error>(
    of run: Run, in left: [Bool], from first: Int, _ body: (Run) throws(Failure) -> Void
  ) throws(Failure) {
    var index = 0
    while index < run.count {
      guard left[run.place - first + index] else {
        index += 1
        continue
      }
      let start = index
      while index < run.count, left[run.place - first + index] { index += 1 }
      try body(
        Run(place: run.place + start, element: run.element + start * run.step, step: run.step, count: index - start))
    }
  }
}

/// Slices of each axis; axes that are whole are one with those outside of them.
private struct Box: Sendable {
  private var axes: [AxisSlice] = []
  /// For each axis, the distance of neighbors in elements, and in places.
  private var strides: [Int] = []
  private var placeStrides: [Int] = []
  private var sizes: [Int] = []

  init(_ slices: [AxisSlice], _ shape: Shape) {
    for (slice, size) in zip(slices, shape.sizes) {
      let isWhole = slice.count == size
      if isWhole, let last = axes.last, last.step == 1 {
        axes[axes.count - 1] = AxisSlice(start: last.start * size, count: last.count * size)
        sizes[sizes.count - 1] *= size
      } else {
        axes.append(slice)
        sizes.append(size)
      }
    }
    if axes.isEmpty { (axes, sizes) = ([AxisSlice(start: 0, count: 1)], [1]) }
    var (stride, places) = (1, 1)
    for axis in axes.indices.reversed() {
      strides.insert(stride, at: 0)
      placeStrides.insert(places, at: 0)
      stride *= sizes[axis]
      places *= axes[axis].count
    }
  }

  func forEachRun<Failure: Error>(
    in places: Range<Int>, _ body: (RegionMap.Run) throws(Failure) -> Bool
  ) throws(Failure) {
    let inner = axes[axes.count - 1]
    var place = places.lowerBound
    while place < places.upperBound {
      let offset = place % inner.count
      let count = min(inner.count - offset, places.upperBound - place)
      let run = RegionMap.Run(place: place, element: element(at: place), step: inner.step, count: count)
      guard try body(run) else { return }
      place += count
    }
  }

  private func element(at place: Int) -> Int {
    var (rest, element) = (place, 0)
    for axis in axes.indices {
      let index = rest / placeStrides[axis]
      rest -= index * placeStrides[axis]
      element += (axes[axis].start + index * axes[axis].step) * strides[axis]
    }
    return element
  }

  func place(atOrAfter element: Int) -> Int {
    var (rest, place) = (element, 0)
    for axis in axes.indices {
      let slice = axes[axis]
      // Only the outermost index can be outside of its axis: behind the last element.
      let index = rest / strides[axis]
      rest -= index * strides[axis]
      guard index >= slice.start else { return place }
      let steps = (index - slice.start + slice.step - 1) / slice.step
      place += min(steps, slice.count) * placeStrides[axis]
      guard steps < slice.count, slice.start + steps * slice.step == index else { return place }
    }
    return place
  }
}

/// Ranges of rows.
private struct RowList: Sendable {
  private let rows: [Range<Int>]
  /// How many rows stand before each range.
  private let starts: [Int]
  private let size: Int
  /// How many rows there are.
  let count: Int

  init?(_ rows: [Range<Int>], _ shape: Shape) {
    guard shape.rank > 0, !rows.isEmpty, shape.count > 0 else { return nil }
    var (starts, count, end) = ([Int](), 0, 0)
    starts.reserveCapacity(rows.count)
    for range in rows {
      guard range.lowerBound >= end, !range.isEmpty, range.upperBound <= shape[0] else { return nil }
      starts.append(count)
      count += range.count
      end = range.upperBound
    }
    (self.rows, self.starts, self.count) = (rows, starts, count)
    size = shape.count / shape[0]
  }

  func forEachRun<Failure: Error>(
    in places: Range<Int>, _ body: (RegionMap.Run) throws(Failure) -> Bool
  ) throws(Failure) {
    var index = starts.partition(at: places.lowerBound / size)
    var place = places.lowerBound
    while place < places.upperBound {
      let inside = place - starts[index] * size
      let count = min(rows[index].count * size - inside, places.upperBound - place)
      let run = RegionMap.Run(place: place, element: rows[index].lowerBound * size + inside, step: 1, count: count)
      guard try body(run) else { return }
      place += count
      index += 1
    }
  }

  func place(atOrAfter element: Int) -> Int {
    let row = element / size
    guard let first = rows.first, row >= first.lowerBound else { return 0 }
    var (index, high) = (0, rows.count)
    while high - index > 1 {
      let middle = (index + high) / 2
      if rows[middle].lowerBound <= row { index = middle } else { high = middle }
    }
    guard row < rows[index].upperBound else { return (starts[index] + rows[index].count) * size }
    return (starts[index] + row - rows[index].lowerBound) * size + element % size
  }
}

extension [Int] {
  /// The last index whose value is at most another one.
  fileprivate func partition(at value: Int) -> Int {
    var (low, high) = (0, count)
    while high - low > 1 {
      let middle = (low + high) / 2
      if self[middle] <= value { low = middle } else { high = middle }
    }
    return low
  }
}
