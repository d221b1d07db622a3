import CGuard
import Diagnostics
import Glibc

/// A file mapped into memory, read-only.
///
/// If the file is truncated while it is mapped, touching a page that is gone reads zeros instead of ending
/// the process, and ``validate()`` reports it: call it after the bytes were used and before they count.
public final class MappedFile: Sendable {
  /// The path as given.
  public let path: String

  private let handle: FileHandle
  private let address: UInt
  private let slot: Int32

  /// The bytes of the whole file; valid as long as this object lives.
  public var bytes: UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: UnsafeRawPointer(bitPattern: address), count: address == 0 ? 0 : size)
  }

  /// The file's size when it was opened.
  public var size: Int { handle.status.size }

  /// Maps a file that is open already, and keeps its lock as long as this object lives.
  ///
  /// - Throws: R0608.
  package init(_ handle: FileHandle) throws(Diagnostic) {
    path = handle.path
    self.handle = handle
    let size = handle.status.size
    guard size > 0 else {
      (address, slot) = (0, -1)
      return
    }
    let reason = reinit_guard_install()
    guard reason == 0 else { throw Self.cannotMap(handle.path, FileFault.text(reason)) }
    guard let start = mmap(nil, size, PROT_READ, MAP_SHARED, handle.descriptor, 0), start != MAP_FAILED else {
      throw Self.cannotMap(handle.path, FileFault.text(errno))
    }
    let slot = reinit_guard_add(start, size)
    guard slot >= 0 else {
      munmap(start, size)
      throw Self.cannotMap(handle.path, "too many mapped files")
    }
    address = UInt(bitPattern: start)
    self.slot = slot
  }

  deinit {
    guard address != 0 else { return }
    reinit_guard_remove(slot)
    munmap(UnsafeMutableRawPointer(bitPattern: address), size)
  }

  /// Reports whether the file became shorter since it was mapped, so that what was read is not its contents.
  ///
  /// - Throws: R0607.
  public func validate() throws(Diagnostic) {
    let now = try handle.currentSize()
    // The size alone does not do: a file can be cut and made longer again.
    guard now >= size, reinit_guard_faulted(slot) == 0 else {
      throw FileFault.shrank(path, expected: size, found: now)
    }
  }

  private static func cannotMap(_ path: String, _ reason: String) -> Diagnostic {
    Diagnostic(.cannotMap, "the file cannot be mapped into memory", at: path, found: reason)
  }
}
