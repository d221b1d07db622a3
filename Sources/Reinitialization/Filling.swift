import Diagnostics
import Initializers
import Tensors

/// The values of one tensor, ready to be written range by range, from any thread.
package struct Filling: Sendable {
  private enum Source: Sendable {
    case elements(Draw, RandomStream)
    case values([Float])
  }
  private let source: Source
  private let dtype: DType
  /// The number of elements.
  package let count: Int

  /// Prepares a tensor's values; those of a whole-tensor method are made here.
  /// - Throws: ``Diagnostics/Code/missingLibrary``; an elementwise draw cannot fail.
  package init(_ draw: Draw, shape: Shape, dtype: DType, stream: RandomStream) throws(Diagnostic) {
    source = draw.isElementwise ? .elements(draw, stream) : .values(try draw.values(shape: shape, stream: stream))
    self.dtype = dtype
    count = shape.count
  }

  /// The values of an elementwise draw, which cannot fail.
  init(elements draw: Draw, count: Int, dtype: DType, stream: RandomStream) {
    source = .elements(draw, stream)
    self.dtype = dtype
    self.count = count
  }

  /// Writes the elements from `first` on, as many as the bytes hold, rounded to the tensor's type.
  package func write(from first: Int, to bytes: UnsafeMutableRawBufferPointer) {
    switch source {
    case .elements(let draw, let stream): draw.fill(bytes, dtype: dtype, from: first, stream: stream)
    case .values(let values):
      values.withUnsafeBufferPointer { values in
        let count = bytes.count / dtype.size
        Draw.convert(UnsafeBufferPointer(rebasing: values[first..<first + count]), to: bytes, dtype: dtype)
      }
    }
  }
}

/// A range of a tensor's elements: the unit of parallel work, as large as a chunk of its hash.
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

  /// All ranges of tensors with those numbers of elements and element sizes, tensor by tensor.
  package static func ranges(_ tensors: [(count: Int, size: Int)]) -> [FillRange] {
    var ranges: [FillRange] = []
    for (index, tensor) in tensors.enumerated() where tensor.size > 0 {
      let length = ContentHash.chunk / tensor.size
      var first = 0
      while first < tensor.count {
        ranges.append(FillRange(tensor: index, first: first, count: min(length, tensor.count - first)))
        first += length
      }
    }
    return ranges
  }
}
