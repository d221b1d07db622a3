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
    /// A plugin's, made at once, or read back.
    case tensor(Tensor)
  }
  private let source: Source
  private let dtype: DType
  /// The number of elements.
  package let count: Int

  /// Prepares a tensor's values; those of a whole-tensor method are made here.
  /// - Throws: ``Diagnostics/ErrorCode/missingLibrary``, ``Diagnostics/ErrorCode/outOfMemory``, what a plugin says;
  ///   ``Diagnostics/ErrorCode/malformedDraw``, not for a draw of a plan.
  package init(_ draw: Draw, shape: Shape, dtype: DType, stream: RandomStream) throws(Diagnostic) {
    try draw.check(shape: shape, dtype: dtype)
    switch (draw.isElementwise, draw.mayFail) {
    case (true, false): source = .elements(draw, stream)
    case (true, true): source = .foreign(draw, shape, stream)
    case (false, false) where draw.isPattern && shape.count > 0:
      source = .pattern(try draw.pattern(shape: shape, stream: stream))
    case (false, false):
      let values = try FloatBuffer(count: shape.count)
      try draw.write(values.values, shape: shape, stream: stream)
      source = .values(values)
    case (false, true): source = .tensor(try draw.foreignTensor(shape, dtype, stream: stream))
    }
    self.dtype = dtype
    count = shape.count
  }

  /// Values that were made before.
  package init(_ tensor: Tensor) {
    source = .tensor(tensor)
    dtype = tensor.dtype
    count = tensor.count
  }

  /// Writes the elements from `first` on, as many as the bytes hold, rounded to the tensor's type.
  /// - Throws: what a plugin says; nothing for other methods.
  package func write(from first: Int, to bytes: UnsafeMutableRawBufferPointer) throws(Diagnostic) {
    switch source {
    case .elements(let draw, let stream): draw.fill(bytes, dtype: dtype, from: first, stream: stream)
    case .foreign(let draw, let shape, let stream):
      try draw.fillForeign(bytes, dtype: dtype, shape: shape, from: first, stream: stream)
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
