import Diagnostics
import Glibc

/// Memory that ends, or begins, exactly at a page that cannot be touched.
final class GuardedMemory {
  private let start: UnsafeMutableRawPointer
  private let size: Int
  private let page = 4096
  /// The memory that may be used.
  let bytes: UnsafeMutableRawBufferPointer
  private let isAtEnd: Bool

  /// - Parameter atEnd: whether the page behind it is guarded to the byte; else the one before it.
  init?(_ count: Int, atEnd: Bool) {
    let room = (count + page - 1) / page * page
    size = room + 2 * page
    guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
      memory != MAP_FAILED
    else { return nil }
    start = memory
    isAtEnd = atEnd
    mprotect(start, page, PROT_NONE)
    mprotect(start + page + room, page, PROT_NONE)
    bytes = UnsafeMutableRawBufferPointer(start: start + page + (atEnd ? room - count : 0), count: count)
  }

  deinit { munmap(start, size) }

  /// Tells which addresses must not be touched.
  func announce(by announcer: Announcer) {
    let (low, high) = (UInt(bitPattern: start), UInt(bitPattern: start) + UInt(size))
    announcer.guarding(low..<(low + UInt(page)), "before the range")
    announcer.guarding((high - UInt(page))..<high, "behind the range")
  }
}
