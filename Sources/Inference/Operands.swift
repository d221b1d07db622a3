import Diagnostics
import Tensors

/// The elements of an operand while a kernel runs; none for a parameter that is absent.
struct Floats: @unchecked Sendable {
  /// The first element, if there is one.
  let base: UnsafePointer<Float>
  /// Whether there is an operand at all.
  let isPresent: Bool

  /// Where an operand without elements begins.
  nonisolated(unsafe) private static let nothing = UnsafePointer(
    UnsafeMutablePointer<Float>.allocate(capacity: 1))
  /// What stands for a parameter that is absent.
  static let absent = Floats(nil, isPresent: false)

  init(_ base: UnsafePointer<Float>?, isPresent: Bool = true) {
    self.base = base ?? Floats.nothing
    self.isPresent = isPresent
  }

  /// An element.
  @inline(__always) subscript(index: Int) -> Float { base[index] }

  /// The operand from an element on.
  @inline(__always) func from(_ offset: Int) -> Floats { Floats(base + offset, isPresent: isPresent) }
}

/// The elements of a result while a kernel writes them, each thread its own.
struct Output: @unchecked Sendable {
  let base: UnsafeMutablePointer<Float>
  let count: Int

  @inline(__always) subscript(index: Int) -> Float {
    get { base[index] }
    nonmutating set { base[index] = newValue }
  }

  /// The result from an element on.
  @inline(__always) func from(_ offset: Int) -> Output { Output(base: base + offset, count: count - offset) }
  /// What was written, to be read.
  var floats: Floats { Floats(UnsafePointer(base)) }
}

/// Memory of a kernel for a while.
enum Scratch {
  /// Lends memory for that many elements; its contents are not defined.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``, and what the body throws.
  static func with<Result>(
    _ count: Int, _ body: (Output) throws(Diagnostic) -> Result
  ) throws(Diagnostic) -> Result {
    let base = try Memory.allocate(of: Float.self, count: count)
    defer { Memory.free(base) }
    return try body(Output(base: base, count: count))
  }
}

extension Tensor {
  /// A tensor of 32-bit floats whose elements a kernel writes, all of them.
  /// - Parameters:
  ///   - name: what errors call the layer.
  ///   - operands: what the kernel reads, in the order of the floats it is lent; floats of other sizes are
  ///     converted.
  /// - Throws: ``Diagnostics/ErrorCode/inputType``, ``Diagnostics/ErrorCode/noContents``, ``Diagnostics/ErrorCode/outOfMemory``,
  ///   and that of a file cut off meanwhile.
  static func computed(
    _ shape: Shape, by name: String, from operands: [Tensor?],
    _ kernel: ([Floats], Output) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> Tensor {
    var readable: [Tensor?] = []
    for operand in operands { readable.append(try operand?.readable(by: name)) }
    var result = try Tensor(allocating: shape)
    try withExtendedLifetime(readable) { () throws(Diagnostic) in
      let floats = readable.map { $0?.lentFloats ?? .absent }
      try result.withMutableBytes(keepingContents: false) { (bytes) throws(Diagnostic) in
        let elements = bytes.bindMemory(to: Float.self)
        guard let base = elements.baseAddress, !elements.isEmpty else { return }
        try kernel(floats, Output(base: base, count: elements.count))
      }
    }
    for operand in readable { try operand?.validate() }
    return result
  }

  /// The tensor as aligned 32-bit floats.
  func readable(by name: String) throws(Diagnostic) -> Tensor {
    guard dtype.isFloatingPoint else {
      throw Diagnostic(
        .inputType, "'\(name)' computes with floating-point numbers", expected: "f32", found: "\(self)")
    }
    guard !isLazy || count == 0 else { throw .noContents(self, of: name) }
    guard dtype != .f32 || !isAligned else { return self }
    let copy = try copied(as: .f32)
    try validate()
    return copy
  }

  /// Whether 32-bit floats can be read where the elements are.
  var isAligned: Bool {
    withBytes { Int(bitPattern: $0.baseAddress) % MemoryLayout<Float>.alignment == 0 }
  }

  /// - Precondition: the tensor is aligned, of 32-bit floats, and outlives what is returned.
  var lentFloats: Floats {
    withBytes { Floats($0.baseAddress?.assumingMemoryBound(to: Float.self)) }
  }
}

extension Diagnostic {
  /// A tensor has a shape only.
  static func noContents(_ tensor: Tensor, of name: String) -> Diagnostic {
    Diagnostic(
      .noContents, "'\(name)' cannot compute with a tensor without contents",
      expected: "\(tensor.dtype) \(tensor.shape)",
      found: "\(tensor)", hints: ["try model.reinitialize(with: .default, seed: 0)"])
  }
}

extension Shape {
  /// A shape of computed sizes.
  /// - Throws: ``Diagnostics/ErrorCode/inputShape`` if no tensor can have it.
  static func checked(_ sizes: [Int]) throws(Diagnostic) -> Shape {
    guard let shape = Shape(checking: sizes), shape.count <= Int.max / 16 else {
      throw Diagnostic(.inputShape, "the result would be too large", found: "\(sizes)")
    }
    return shape
  }
}
