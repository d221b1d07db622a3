import Diagnostics
import Glibc

/// Something that keeps borrowed bytes alive, and says whether they are still what they were.
public protocol StorageOwner: AnyObject, Sendable {
  /// Reports bytes that have become unreadable, such as a mapped file that was truncated.
  func validate() throws(Diagnostic)
}

/// Bytes of one or more tensors: owned and aligned, or borrowed from a mapped file.
///
/// Only a tensor that is the sole owner of its storage writes to it; borrowed bytes are never written.
public final class Storage: @unchecked Sendable {
  /// The first byte; 64-byte aligned if owned.
  let base: UnsafeMutableRawPointer
  /// The number of bytes.
  public let byteCount: Int
  /// Who keeps the bytes, if they are not ours.
  let owner: (any StorageOwner)?

  /// Every vector register and cache line starts where a tensor starts.
  static let alignment = 64
  /// From here on, 2 MiB pages are asked for: first touch is five times as fast.
  static let hugePageThreshold = 4 << 20

  /// Where a borrowed range of no bytes begins.
  nonisolated(unsafe) private static let nothing = UnsafeMutableRawPointer.allocate(byteCount: 1, alignment: alignment)

  /// Allocates bytes whose contents are not defined; ends as ``Memory`` says where they cannot be had.
  convenience init(byteCount: Int) {
    do throws(Diagnostic) { try self.init(allocating: byteCount) } catch { Memory.exhausted(error) }
  }

  /// Allocates bytes whose contents are not defined.
  /// - Throws: ``Diagnostics/ErrorCode/outOfMemory``.
  init(allocating byteCount: Int) throws(Diagnostic) {
    let isLarge = byteCount >= Storage.hugePageThreshold
    base = try Memory.allocate(byteCount, alignment: isLarge ? 2 << 20 : 64)
    self.byteCount = byteCount
    owner = nil
    if isLarge { _ = madvise(base, byteCount, MADV_HUGEPAGE) }
  }

  /// Borrows bytes that stay readable as long as their owner lives.
  public init(borrowing bytes: UnsafeRawBufferPointer, owner: any StorageOwner) {
    base = bytes.baseAddress.map { UnsafeMutableRawPointer(mutating: $0) } ?? Storage.nothing
    byteCount = bytes.count
    self.owner = owner
  }

  deinit {
    if owner == nil { Memory.free(base) }
  }
}
