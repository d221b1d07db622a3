import Diagnostics
import Synchronization
import Tensors

/// Buffers that are there before work begins, so that it cannot fail for want of memory.
final class BufferPool: Sendable {
  private let size: Int
  private let free: Mutex<[UInt]>

  /// So many buffers of a size.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  init(count: Int, size: Int) throws(Diagnostic) {
    self.size = size
    var buffers: [UInt] = []
    do throws(Diagnostic) {
      for _ in 0..<count { buffers.append(UInt(bitPattern: try Memory.allocate(size))) }
    } catch {
      BufferPool.release(buffers)
      throw error
    }
    free = Mutex(buffers)
  }

  deinit { BufferPool.release(free.withLock { $0 }) }

  private static func release(_ buffers: [UInt]) {
    for buffer in buffers { if let start = UnsafeMutableRawPointer(bitPattern: buffer) { Memory.free(start) } }
  }

  /// Lends a buffer for one call; a new one where all are lent.
  func withBuffer(_ body: (UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Void) throws(Diagnostic) {
    guard let buffer = free.withLock({ $0.popLast() }), let start = UnsafeMutableRawPointer(bitPattern: buffer) else {
      return try withScratch(size, body)
    }
    defer { free.withLock { $0.append(buffer) } }
    try body(UnsafeMutableRawBufferPointer(start: start, count: size))
  }
}
