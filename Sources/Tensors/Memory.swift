import Diagnostics
import Glibc
import Synchronization

/// Memory for work whose size a file or a user decides: that it cannot be had is an error, and no trap.
package enum Memory {
  /// Bytes whose contents are not defined, aligned for vectors; to be given back to ``free(_:)``.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  package static func allocate(_ byteCount: Int, alignment: Int = 64) throws(Diagnostic) -> UnsafeMutableRawPointer {
    var start: UnsafeMutableRawPointer?
    guard byteCount >= 0, posix_memalign(&start, alignment, max(byteCount, 1)) == 0, let start else {
      throw refused(byteCount)
    }
    return start
  }

  /// Elements whose values are not defined.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  package static func allocate<Element: BitwiseCopyable>(
    of type: Element.Type, count: Int
  ) throws(Diagnostic) -> UnsafeMutablePointer<Element> {
    let (bytes, overflows) = count.multipliedReportingOverflow(by: MemoryLayout<Element>.stride)
    guard !overflows else { throw refused(Int.max) }
    return try allocate(bytes).bindMemory(to: Element.self, capacity: count)
  }

  /// Gives memory back.
  package static func free(_ start: UnsafeMutableRawPointer) { Glibc.free(start) }

  /// Fails now where an array of so many bytes, which traps instead of failing, could not be made.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  package static func require(_ byteCount: Int) throws(Diagnostic) { free(try allocate(byteCount)) }

  /// What ends the process where an operation that cannot fail needs memory that cannot be had; a trap if nil.
  package static let ending = Mutex<(@Sendable (Diagnostic) -> Never)?>(nil)

  /// Ends the process for want of memory.
  package static func exhausted(_ error: Diagnostic) -> Never {
    if let end = ending.withLock({ $0 }) { end(error) }
    fatalError(error.description)
  }

  private static func refused(_ byteCount: Int) -> Diagnostic {
    Diagnostic(
      .outOfMemory, "the system does not give the memory that is needed",
      expected: byteCount < 0 || byteCount == Int.max ? "fewer bytes than 2^63" : "\(byteCount) bytes in one piece")
  }
}

/// Values of a whole tensor in memory of their own.
package final class FloatBuffer: @unchecked Sendable {
  // Unchecked: written by whoever made it, before it is shared.
  package let values: UnsafeMutableBufferPointer<Float>

  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  package init(count: Int) throws(Diagnostic) {
    values = UnsafeMutableBufferPointer(start: try Memory.allocate(of: Float.self, count: count), count: count)
  }

  deinit { values.baseAddress.map { Memory.free($0) } }
}
