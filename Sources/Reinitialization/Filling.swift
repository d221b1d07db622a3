import Diagnostics
import Initializers
import LayerVocabulary
import Tensors

/// The values of one tensor, ready to be written range by range, from any thread.
package struct Filling: Sendable {
  private enum Source: Sendable {
    case elements(Draw, RandomStream)
    /// A plugin's, range by range.
    case foreign(Draw, Shape, RandomStream)
    /// Of a whole-tensor method that needs little before its ranges are made.
    case pattern(DrawPattern)
    case values(FloatBuffer)
    /// Made of other tensors' values.
    case others(MadeOfOthers)
    /// Functions of values, of which a part is wanted.
    case mapped(Draw, Shape, RandomStream)
    /// A plugin's, made at once, or read back.
    case tensor(Tensor)
  }
  private let source: Source
  private let dtype: DType
  /// The region whose elements are those of the whole tensor's fill; nil where what is filled is a tensor by itself.
  private let map: RegionMap?
  /// The number of elements.
  package let count: Int

  /// Prepares a tensor's values; those of a whole-tensor method are made here.
  /// - Parameter region: what is filled of it; nil for all.
  /// - Throws: ``Diagnostics/ErrorCode/missingLibrary``, ``Diagnostics/ErrorCode/outOfMemory``, what a plugin says;
  ///   ``Diagnostics/ErrorCode/malformedDraw``, not for a draw of a plan.
  package init(
    _ draw: Draw, shape tensor: Shape, region: RegionMap? = nil, dtype: DType, stream: RandomStream
  ) throws(Diagnostic) {
    let shape = draw.isMadeAsAWhole ? region?.shape ?? tensor : tensor
    map = draw.isMadeAsAWhole ? nil : region
    try draw.check(shape: shape, dtype: dtype)
    switch (draw.isElementwise, draw.mayFail) {
    case _ where draw.isMadeOfOthers && shape.count > 0:
      source = .others(try MadeOfOthers(draw, shape, dtype, stream))
    case (true, false): source = .elements(draw, stream)
    case (true, true): source = .foreign(draw, shape, stream)
    case (false, false) where draw.method == .mapped && map != nil: source = .mapped(draw, shape, stream)
    case (false, false) where draw.isPattern && shape.count > 0:
      source = .pattern(try draw.pattern(shape: shape, stream: stream))
    case (false, false):
      let values = try FloatBuffer(count: shape.count)
      try draw.write(values.values, shape: shape, stream: stream)
      source = .values(values)
    case (false, true): source = .tensor(try draw.foreignTensor(shape, dtype, stream: stream))
    }
    self.dtype = dtype
    count = map?.count ?? shape.count
  }

  /// Values that were made before.
  package init(_ tensor: Tensor) {
    source = .tensor(tensor)
    map = nil
    dtype = tensor.dtype
    count = tensor.count
  }

  /// Writes the elements from `first` on, as many as the bytes hold, rounded to the tensor's type; of a region the
  /// elements at its places from `first` on.
  /// - Throws: what a plugin says; nothing for other methods.
  package func write(from first: Int, to bytes: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    guard let map else { return try writeElements(from: first, to: bytes) }
    let size = dtype.size
    try map.forEachRun(in: first..<first + bytes.count / size) { (run) throws(Diagnostic) in
      let start = (run.place - first) * size
      let part = UnsafeMutableRawBufferPointer(rebasing: bytes[start..<start + run.count * size])
      if run.step == 1 { try writeElements(from: run.element, to: part) } else { try writeStrided(run, to: part) }
      return true
    }
  }

  /// Elements at distances: those between are made too, unless they are many.
  private func writeStrided(_ run: RegionMap.Run, to bytes: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    let size = dtype.size
    guard run.step <= Filling.longestStep else {
      for index in 0..<run.count {
        let element = UnsafeMutableRawBufferPointer(rebasing: bytes[index * size..<(index + 1) * size])
        try writeElements(from: run.element + index * run.step, to: element)
      }
      return
    }
    let block = Filling.block / run.step
    let memory = try Memory.allocate(Filling.block * size)
    defer { Memory.free(memory) }
    for done in stride(from: 0, to: run.count, by: block) {
      let count = min(block, run.count - done)
      let span = UnsafeMutableRawBufferPointer(start: memory, count: ((count - 1) * run.step + 1) * size)
      try writeElements(from: run.element + done * run.step, to: span)
      ElementStrides.gather(UnsafeRawBufferPointer(span), step: run.step, count, size, to: bytes, at: done)
    }
  }

  private static let (block, longestStep) = (8192, 64)

  private func writeElements(from first: Int, to bytes: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    switch source {
    case .elements(let draw, let stream): draw.fill(bytes, dtype: dtype, from: first, stream: stream)
    case .foreign(let draw, let shape, let stream):
      try draw.fillForeign(bytes, dtype: dtype, shape: shape, from: first, stream: stream)
    case .others(let others): try others.write(from: first, to: bytes)
    case .mapped(let draw, let shape, let stream):
      let values = try FloatBuffer(count: bytes.count / dtype.size)
      try draw.writeMapped(values.values, shape, stream, from: first)
      Draw.convert(UnsafeBufferPointer(values.values), to: bytes, dtype: dtype)
    case .pattern(let pattern): try pattern.fill(bytes, dtype: dtype, from: first)
    case .values(let values):
      let part = values.values[first..<first + bytes.count / dtype.size]
      Draw.convert(UnsafeBufferPointer(rebasing: part), to: bytes, dtype: dtype)
    case .tensor(let tensor):
      tensor.withBytes { source in
        let start = first * dtype.size
        bytes.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[start..<start + bytes.count]))
      }
    }
  }
}

/// A range of a tensor's elements: the unit of parallel work, as large as one or more chunks of its hash.
package struct FillRange: Sendable {
  /// The index of the tensor.
  package let tensor: Int
  /// The first element.
  package let first: Int
  /// The number of elements.
  package let count: Int

  package init(tensor: Int, first: Int, count: Int) {
    self.tensor = tensor
    self.first = first
    self.count = count
  }

  /// All ranges of tensors with those numbers of elements and element sizes, tensor by tensor, of so many chunks.
  package static func ranges(_ tensors: [(count: Int, size: Int)], chunks: Int) -> [FillRange] {
    ranges(tensors, bytes: chunks * ContentHash.chunk)
  }

  /// The same for values that are not hashed: as long as an even share of the work allows, since long ranges go
  /// around the caches where that pays.
  package static func inMemory(_ tensors: [(count: Int, size: Int)], threads: Int) -> [FillRange] {
    let bytes = tensors.reduce(0) { $0 + $1.count * $1.size }
    let share = threads == 1 ? bytes : bytes / (threads * 8)
    return ranges(tensors, bytes: min(max(share, ContentHash.chunk), longest) & ~63)
  }

  /// Neighboring ranges together, until they are worth handing to a thread.
  package static func batches(_ ranges: [FillRange], _ tensors: [(count: Int, size: Int)]) -> [Range<Int>] {
    var batches: [Range<Int>] = []
    var (first, bytes) = (0, 0)
    for (index, range) in ranges.enumerated() {
      bytes += range.count * tensors[range.tensor].size
      guard bytes >= ContentHash.chunk || index == ranges.count - 1 else { continue }
      batches.append(first..<index + 1)
      (first, bytes) = (index + 1, 0)
    }
    return batches
  }

  private static let longest = 16 << 20

  private static func ranges(_ tensors: [(count: Int, size: Int)], bytes: Int) -> [FillRange] {
    var ranges: [FillRange] = []
    for (index, tensor) in tensors.enumerated() where tensor.size > 0 {
      let length = bytes / tensor.size
      var first = 0
      while first < tensor.count {
        ranges.append(FillRange(tensor: index, first: first, count: min(length, tensor.count - first)))
        first += length
      }
    }
    return ranges
  }
}
