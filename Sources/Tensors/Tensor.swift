import Diagnostics
import Glibc
import Synchronization

/// A dense array of numbers with value semantics, row-major, in memory, in a mapped file, or not yet anywhere.
///
/// A tensor is one reference: copying it is cheap, and bytes are copied on the first write to a copy. A *lazy*
/// tensor has a shape and no bytes: models can be planned and counted without memory; filling it allocates.
public struct Tensor: Sendable {
  /// Only a sole owner writes through `storage`, which makes sharing a core between threads safe.
  private final class Core: @unchecked Sendable {
    let shape: Shape
    let dtype: DType
    let byteCount: Int
    var storage: Storage?
    let offset: Int
    /// How often the elements have been lent for writing.
    let writes = Atomic<Int>(0)

    init(_ shape: Shape, _ dtype: DType, byteCount: Int, _ storage: Storage?, offset: Int = 0) {
      self.shape = shape
      self.dtype = dtype
      self.byteCount = byteCount
      self.storage = storage
      self.offset = offset
    }
  }
  private var core: Core

  /// A tensor without bytes, of that shape and type.
  public init(lazy shape: Shape, dtype: DType = .f32) {
    core = Core(shape, dtype, byteCount: shape.count * dtype.size, nil)
  }

  /// A tensor without bytes whose elements are not interpreted; `byteCount` is what they take in a file.
  public init(opaque shape: Shape, byteCount: Int) {
    core = Core(shape, .opaque, byteCount: byteCount, nil)
  }

  /// A tensor filled with zeros.
  public init(zeros shape: Shape, dtype: DType = .f32) {
    self.init(uninitialized: shape, dtype: dtype)
    withMutableBytes { bytes in _ = bytes.initializeMemory(as: UInt8.self, repeating: 0) }
  }

  /// A tensor over bytes whose contents are not defined yet.
  ///
  /// Where memory ends, so does the process, as with an array; ``init(allocating:dtype:)`` throws instead.
  public init(uninitialized shape: Shape, dtype: DType = .f32) {
    let byteCount = shape.count * dtype.size
    core = Core(shape, dtype, byteCount: byteCount, Storage(byteCount: byteCount))
  }

  /// A tensor over bytes whose contents are not defined yet, if there is memory for it.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  public init(allocating shape: Shape, dtype: DType = .f32) throws(Diagnostic) {
    let byteCount = shape.count * dtype.size
    let storage = try Storage(allocating: byteCount)
    core = Core(shape, dtype, byteCount: byteCount, storage)
  }

  /// A read-only view of borrowed bytes; written to, it becomes a copy.
  /// - Throws: a diagnostic if the range does not lie in the storage or does not fit the shape.
  public init(viewing storage: Storage, at offset: Int, shape: Shape, dtype: DType) throws(Diagnostic) {
    let byteCount = shape.count * dtype.size
    guard offset >= 0, byteCount <= storage.byteCount, offset <= storage.byteCount - byteCount else {
      throw Diagnostic(
        .viewOutOfRange, "a view of \(byteCount) bytes at \(offset) is outside of its storage",
        expected: "at most \(storage.byteCount) bytes", found: "\(offset) + \(byteCount)")
    }
    core = Core(shape, dtype, byteCount: byteCount, storage, offset: offset)
  }

  /// A tensor of 32-bit floats with those elements in row-major order.
  /// - Precondition: there are as many elements as the shape says.
  public init(_ elements: [Float], shape: Shape? = nil) {
    let shape = shape ?? [elements.count]
    precondition(shape.count == elements.count, "\(elements.count) elements do not fill \(shape)")
    self.init(uninitialized: shape, dtype: .f32)
    withMutableBytes { bytes in elements.withUnsafeBytes { bytes.copyMemory(from: $0) } }
  }

  /// The sizes of the axes.
  public var shape: Shape { core.shape }
  /// The type of the elements.
  public var dtype: DType { core.dtype }
  /// The number of elements.
  public var count: Int { core.shape.count }
  /// The number of bytes that the elements take, in memory or in a file.
  public var byteCount: Int { core.byteCount }
  /// Whether there are no bytes yet.
  public var isLazy: Bool { core.storage == nil }
  /// Whether the bytes belong to somebody else, such as a mapped file.
  public var isView: Bool { core.storage?.owner != nil }

  /// Whether two tensors are the same bytes, not merely equal ones, under one shape and type.
  public func isIdentical(to other: Tensor) -> Bool {
    core === other.core
      || (core.storage != nil && core.storage === other.core.storage && core.offset == other.core.offset
        && shape == other.shape && dtype == other.dtype)
  }

  /// The same elements under another shape.
  /// - Precondition: both shapes have the same count.
  public func reshaped(_ shape: Shape) -> Tensor {
    precondition(shape.count == count, "\(core.shape) cannot be seen as \(shape)")
    var copy = self
    copy.core = Core(shape, dtype, byteCount: byteCount, core.storage, offset: core.offset)
    return copy
  }

  /// Lends the bytes for reading; none for a lazy tensor.
  ///
  /// The bytes of a mapped file can be cut off under a reader: see ``validate()``.
  public func withBytes<Result, Failure: Error>(
    _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    guard let storage = core.storage else { return try body(UnsafeRawBufferPointer(start: nil, count: 0)) }
    return try withExtendedLifetimeTyped(storage) { () throws(Failure) in
      try body(UnsafeRawBufferPointer(start: storage.base + core.offset, count: byteCount))
    }
  }

  /// Lends the bytes for writing, copied first if anyone else holds them; a lazy tensor gets its memory here.
  ///
  /// Where there is no memory for a copy, the process ends, as with an array.
  /// - Parameter keepingContents: false where every byte will be written, which saves the copy.
  public mutating func withMutableBytes<Result, Failure: Error>(
    keepingContents: Bool = true, _ body: (UnsafeMutableRawBufferPointer) throws(Failure) -> Result
  ) throws(Failure) -> Result {
    let storage = uniqueStorage(keepingContents: keepingContents)
    return try withExtendedLifetimeTyped(storage) { () throws(Failure) in
      try body(UnsafeMutableRawBufferPointer(start: storage.base + core.offset, count: byteCount))
    }
  }

  /// Reports bytes that could not be read, after the fact.
  public func validate() throws(Diagnostic) { try core.storage?.owner?.validate() }

  private mutating func uniqueStorage(keepingContents: Bool) -> Storage {
    if isKnownUniquelyReferenced(&core), isKnownUniquelyReferenced(&core.storage),
      let storage = core.storage, storage.owner == nil
    {
      core.writes.add(1, ordering: .relaxed)
      return storage
    }
    let fresh = Storage(byteCount: byteCount)
    if keepingContents {
      withBytes { if let source = $0.baseAddress { memcpy(fresh.base, source, $0.count) } }
    }
    core = Core(shape, dtype, byteCount: byteCount, fresh)
    return fresh
  }
}

private func withExtendedLifetimeTyped<Result, Failure: Error>(
  _ object: AnyObject, _ body: () throws(Failure) -> Result
) throws(Failure) -> Result {
  defer { withExtendedLifetime(object) {} }
  return try body()
}

extension Tensor {
  /// Whether both are one and the same tensor: copies of a value that nobody has written to since.
  public func isSameValue(as other: Tensor) -> Bool { core === other.core }
}

extension Tensor {
  /// Gives this tensor, which has no bytes yet, memory whose contents are not defined: that of another tensor that
  /// nobody else holds, else its own.
  ///
  /// Copies of this one get it as well: they are one tensor. The other is nil afterwards if it gave its memory, whose
  /// contents are as they were.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  package func takeMemory(of other: inout Tensor?) throws(Diagnostic) {
    guard core.storage == nil else { return }
    if let storage = other?.givenUpStorage(byteCount: byteCount) {
      core.storage = storage
      other = nil
    } else {
      core.storage = try Storage(allocating: byteCount)
    }
  }

  private mutating func givenUpStorage(byteCount: Int) -> Storage? {
    guard isKnownUniquelyReferenced(&core), isKnownUniquelyReferenced(&core.storage), let storage = core.storage,
      storage.owner == nil, storage.byteCount == byteCount
    else { return nil }
    return storage
  }

  /// The bytes, for whoever has just made this tensor and shares it with nobody who reads; none if it has none.
  package var ownBytes: UnsafeMutableRawBufferPointer {
    UnsafeMutableRawBufferPointer(start: core.storage.map { $0.base + core.offset }, count: isLazy ? 0 : byteCount)
  }
}

extension Tensor {
  /// What stands for the tensor as long as it lives.
  package var identity: ObjectIdentifier { ObjectIdentifier(core) }

  /// Tells later whether a tensor still has the elements that it has now, without keeping them.
  package struct ContentsMark: Sendable {
    private weak let core: Core?
    private let writes: Int

    package init(_ tensor: Tensor) { (core, writes) = (tensor.core, tensor.core.writes.load(ordering: .relaxed)) }

    /// Whether the tensor lives and has not been written to.
    package var isCurrent: Bool { core.map { $0.writes.load(ordering: .relaxed) == writes } ?? false }

    /// Whether it is that tensor, which has not been written to.
    package func isOf(_ tensor: Tensor) -> Bool { core === tensor.core && isCurrent }
  }
}
