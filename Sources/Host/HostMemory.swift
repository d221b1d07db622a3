import Checkpoints
import Diagnostics
import Functors
import LayerVocabulary
import Reinitialization
import Tensors

/// Memory that a program has.
enum HostMemory {
  /// Whoever gave the memory keeps it.
  private final class Owner: StorageOwner {
    func validate() throws(Diagnostic) {}
  }
  private static let owner = Owner()

  /// A tensor over memory.
  /// - Throws: ``Diagnostics/ErrorCode/usage`` for memory that is not aligned to the elements.
  static func view(_ start: UnsafeRawPointer, as tensor: Tensor) throws(Diagnostic) -> Tensor {
    let bytes = try bytes(UnsafeMutableRawPointer(mutating: start), tensor.byteCount, of: tensor.dtype)
    let storage = Storage(borrowing: UnsafeRawBufferPointer(bytes), owner: owner)
    return try Tensor(viewing: storage, at: 0, shape: tensor.shape, dtype: tensor.dtype)
  }

  static func bytes(
    _ start: UnsafeMutableRawPointer?, _ count: Int, of dtype: DType
  ) throws(Diagnostic) -> UnsafeMutableRawBufferPointer {
    guard let start else {
      throw Diagnostic(.usage, "there is no memory to write to", expected: "\(count) bytes", found: "NULL")
    }
    guard Int(bitPattern: start) % max(1, dtype.size) == 0 else {
      throw Diagnostic(
        .usage, "memory is not aligned to its elements", expected: "an address that \(dtype.size) divides",
        found: "0x\(String(UInt(bitPattern: start), radix: 16))")
    }
    return UnsafeMutableRawBufferPointer(start: start, count: count)
  }

  static func noTensor(_ index: Int, of count: Int) -> Diagnostic {
    Diagnostic(
      .usage, "there is no tensor of that number", expected: count == 0 ? "none" : "0 to \(count - 1)",
      found: "\(index)")
  }

  /// The hash that receipts have of what a step filled.
  static func hash(_ bytes: UnsafeRawBufferPointer, of step: Plan.Step) throws(Diagnostic) -> ContentHash? {
    guard let region = step.region else { return ContentHash(bytes) }
    guard let map = RegionMap(region, in: step.shape) else { return nil }
    let size = step.dtype.size
    let memory = try Memory.allocate(map.count * size)
    defer { Memory.free(memory) }
    let packed = UnsafeMutableRawBufferPointer(start: memory, count: map.count * size)
    map.forEachRun(in: 0..<map.count) { run in
      for index in 0..<run.count {
        let source = (run.element + index * run.step) * size
        packed.baseAddress?.advanced(by: (run.place + index) * size).copyMemory(
          from: bytes.baseAddress?.advanced(by: source) ?? UnsafeRawPointer(memory), byteCount: size)
      }
      return true
    }
    for first in stride(from: 0, to: map.count, by: ContentHash.chunk / size) {
      let places = first..<min(first + ContentHash.chunk / size, map.count)
      map.clearRest(
        UnsafeMutableRawBufferPointer(rebasing: packed[places.lowerBound * size..<places.upperBound * size]),
        at: places)
    }
    return ContentHash(UnsafeRawBufferPointer(packed))
  }
}
