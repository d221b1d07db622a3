import Diagnostics
import Glibc

extension Tensor {
  /// A tensor of one value, rounded to the element type.
  public init(repeating value: Double, shape: Shape, dtype: DType = .f32) {
    self.init(uninitialized: shape, dtype: dtype)
    let count = count
    withMutableBytes { bytes in
      ElementBuffer.write(count: count, dtype: dtype, to: bytes) { _ in value }
    }
  }

  /// The elements as double-precision numbers, row-major; empty for a lazy or an opaque tensor.
  public var elements: [Double] {
    guard !isLazy, dtype != .opaque else { return [] }
    return [Double](unsafeUninitializedCapacity: count) { buffer, filled in
      withBytes { ElementBuffer.read($0, dtype: dtype, into: buffer) }
      filled = count
    }
  }

  /// The elements as 32-bit floats, row-major; empty for a lazy or an opaque tensor.
  public var floats: [Float] {
    guard !isLazy, dtype != .opaque else { return [] }
    return [Float](unsafeUninitializedCapacity: count) { buffer, filled in
      write(to: UnsafeMutableRawBufferPointer(buffer), as: .f32) { $0 }
      filled = count
    }
  }

  /// Each element mapped, rounded back to the element type; a lazy or an opaque tensor is returned as it is.
  public func mapElements(_ transform: (Double) -> Double) -> Tensor { mapped(to: dtype, transform) }

  private func mapped(to dtype: DType, _ transform: (Double) -> Double) -> Tensor {
    guard !isLazy, dtype != .opaque, self.dtype != .opaque else { return self }
    var result = Tensor(uninitialized: shape, dtype: dtype)
    result.withMutableBytes { write(to: $0, as: dtype, transform) }
    return result
  }

  /// Elements that are converted at a time: a buffer on the stack, in the first-level cache.
  private static let block = 1024

  /// Elements from `first` on, as many as the bytes hold, rounded to another type.
  package func read(from first: Int, as dtype: DType, into bytes: UnsafeMutableRawBufferPointer) {
    let range = first * self.dtype.size..<(first + bytes.count / dtype.size) * self.dtype.size
    withBytes { source in
      let part = UnsafeRawBufferPointer(rebasing: source[range])
      guard self.dtype != dtype else { return bytes.copyMemory(from: part) }
      Tensor.write(part, self.dtype, to: bytes, as: dtype) { $0 }
    }
  }

  /// Elements from `first` on, as many as the numbers are.
  package func read(from first: Int, into numbers: UnsafeMutableBufferPointer<Double>) {
    let range = first * dtype.size..<(first + numbers.count) * dtype.size
    withBytes { ElementBuffer.read(UnsafeRawBufferPointer(rebasing: $0[range]), dtype: dtype, into: numbers) }
  }

  /// Writes each element mapped, as another type.
  private func write(to bytes: UnsafeMutableRawBufferPointer, as dtype: DType, _ transform: (Double) -> Double) {
    withBytes { Tensor.write($0, self.dtype, to: bytes, as: dtype, transform) }
  }

  private static func write(
    _ source: UnsafeRawBufferPointer, _ from: DType, to bytes: UnsafeMutableRawBufferPointer, as dtype: DType,
    _ transform: (Double) -> Double
  ) {
    guard from.size > 0 else { return }
    let count = source.count / from.size
    withUnsafeTemporaryAllocation(of: Double.self, capacity: block) { buffer in
      for first in stride(from: 0, to: count, by: block) {
        let part = UnsafeMutableBufferPointer(rebasing: buffer[..<min(block, count - first)])
        let target = UnsafeMutableRawBufferPointer(rebasing: bytes[(first * dtype.size)...])
        ElementBuffer.read(UnsafeRawBufferPointer(rebasing: source[(first * from.size)...]), dtype: from, into: part)
        ElementBuffer.write(count: part.count, dtype: dtype, to: target) { transform(part[$0]) }
      }
    }
  }

  /// Each element times a number.
  public static func * (tensor: Tensor, factor: Double) -> Tensor { tensor.mapElements { $0 * factor } }

  /// Each element plus a number.
  public static func + (tensor: Tensor, term: Double) -> Tensor { tensor.mapElements { $0 + term } }

  /// The sum of two tensors of one shape, element by element, in the first one's type.
  /// - Throws: ``Diagnostics/ErrorCode/shapeMismatch``; ``Diagnostics/ErrorCode/valueMissing`` if one of them has no values.
  public static func + (a: Tensor, b: Tensor) throws(Diagnostic) -> Tensor {
    guard a.shape == b.shape else {
      throw Diagnostic(.shapeMismatch, "tensors of two shapes have no sum", expected: "\(a.shape)", found: "\(b.shape)")
    }
    for tensor in [a, b] where tensor.isLazy || tensor.dtype == .opaque {
      throw Diagnostic(.valueMissing, "a tensor without values has no sum", found: "\(tensor)")
    }
    let other = b.elements
    var index = -1
    return a.mapElements { value in
      index += 1
      return value + other[index]
    }
  }

  /// The same values in another element type, rounded to nearest even; integers saturate.
  public func converted(to dtype: DType) -> Tensor {
    guard dtype != self.dtype, dtype != .opaque, self.dtype != .opaque else { return self }
    return isLazy ? Tensor(lazy: shape, dtype: dtype) : mapped(to: dtype) { $0 }
  }

  /// The same in memory of its own, which may be refused; for a tensor with values.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  package func copied(as dtype: DType) throws(Diagnostic) -> Tensor {
    var result = try Tensor(allocating: shape, dtype: dtype)
    result.withMutableBytes(keepingContents: false) { write(to: $0, as: dtype) { $0 } }
    return result
  }

  /// Whether two tensors have one shape, type and the same bytes.
  public func hasSameBits(as other: Tensor) -> Bool {
    guard shape == other.shape, dtype == other.dtype, isLazy == other.isLazy else { return false }
    return withBytes { a in
      other.withBytes { b in
        guard let first = a.baseAddress, let second = b.baseAddress else { return a.count == b.count }
        return a.count == b.count && memcmp(first, second, a.count) == 0
      }
    }
  }
}

extension Tensor: Equatable {
  /// Equal shape, type and bits (so a NaN equals itself, and 0 differs from −0).
  public static func == (a: Tensor, b: Tensor) -> Bool { a.isIdentical(to: b) || a.hasSameBits(as: b) }
}

extension Tensor: CustomStringConvertible {
  /// The type and shape, as in `f32 [64, 3, 7, 7]`.
  public var description: String { "\(dtype) \(shape)" + (isLazy ? " (lazy)" : "") }
}

extension Tensor {
  /// Whether every element is a finite number; true for types without others.
  public var isFinite: Bool {
    guard dtype.isFloatingPoint, !isLazy else { return true }
    return withBytes { dtype.firstNotFinite(in: $0) == nil }
  }
}
