import CGuard
import Diagnostics
import Glibc
import Synchronization

/// Unfinished files and folders of this process.
public enum TemporaryFiles {
  /// Removes all of them; safe in a signal handler, after which the process has to end.
  public static func removeAllFromSignalHandler() { reinit_temporary_unlink_all() }
}

/// A file under a name of its own beside its target, which it replaces when it is complete.
///
/// It goes away with the last reference, and on interruption, unless it has been published.
package final class TemporaryFile: Sendable {
  package let target: FilePath
  let targetPath: String
  package let path: String
  package let handle: FileHandle
  private let slot: Int32
  private let isOpen = Atomic(true)

  /// Creates the file, empty, and locks it: one that nobody has locked is of a process that has ended.
  ///
  /// - Parameter mode: The permissions, or nil for those of any new file.
  package init(beside targetPath: String, mode: mode_t? = nil) throws(Diagnostic) {
    target = try FilePath(targetPath)
    self.targetPath = targetPath
    while true {
      let path = target.sibling(Self.prefix(for: target.name) + Self.randomSuffix())
      // Entered before it exists, so that no signal finds it missing from the list.
      let slot = reinit_temporary_add(FilePath.absolute(path))
      do throws(Diagnostic) {
        if let handle = try Self.create(path, for: targetPath, mode) {
          (self.path, self.slot, self.handle) = (path, slot, handle)
          return
        }
      } catch {
        reinit_temporary_remove(slot)
        throw error
      }
      reinit_temporary_remove(slot)
    }
  }

  /// Creates a file of that name; nil where the name is taken, or was taken away again.
  private static func create(_ path: String, for target: String, _ mode: mode_t?) throws(Diagnostic) -> FileHandle? {
    let descriptor = Descriptor.open(path, O_RDWR | O_CREAT | O_EXCL, mode: mode ?? 0o666)
    guard descriptor >= 0 else {
      if errno == EEXIST { return nil }
      throw FileFault.creating(target, errno)
    }
    let handle = try adopt(descriptor, at: path, for: target)
    // Whoever clears away what dead processes left may have been faster than the lock.
    guard handle.lock(.shared) != EWOULDBLOCK, let now = FileHandle.status(of: path).0, now.isSame(as: handle.status)
    else {
      unlink(path)
      return nil
    }
    // What the umask took away is given back: the permissions are those of another file.
    if let mode { _ = fchmod(descriptor, mode & 0o777) }
    return handle
  }

  /// The handle of a file that has just been created; it goes away again where the system says nothing of it.
  package static func adopt(_ descriptor: Int32, at path: String, for target: String) throws(Diagnostic) -> FileHandle {
    if let status = FileHandle.status(of: descriptor) {
      return FileHandle(path: target, descriptor: descriptor, status: status)
    }
    let reason = errno
    unlink(path)
    close(descriptor)
    throw FileFault.creating(target, reason)
  }

  deinit { discard() }

  /// What the names of a target's unfinished files begin with.
  package static func prefix(for name: String) -> String {
    var name = name
    while name.utf8.count > 200 { name.removeLast() }
    return ".\(name).reinit-"
  }

  /// Whether a name is one that ``prefix(for:)`` begins.
  static func isName(_ name: String, with prefix: String) -> Bool {
    name.utf8.starts(with: prefix.utf8) && name.utf8.count == prefix.utf8.count + suffixLength
      && name.utf8.suffix(suffixLength).allSatisfy(letters.contains)
  }

  private static let suffixLength = 6
  private static let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".utf8)

  static func randomSuffix() -> String {
    String(decoding: (0..<suffixLength).map { _ in letters[Int.random(in: letters.indices)] }, as: UTF8.self)
  }

  /// Moves the file to its target; the file is removed if that fails.
  ///
  /// - Parameter replacing: Whether a file there is replaced; else it is an error, also if it came meanwhile.
  package func publish(replacing: Bool, sync: Bool) throws(Diagnostic) {
    guard isOpen.load(ordering: .acquiring) else { throw Self.finished(targetPath) }
    do throws(Diagnostic) {
      if sync { try handle.sync() }
      let reason = replacing ? replace() : moveWithoutReplacing()
      guard reason == 0 else { throw FileFault.publishing(targetPath, reason) }
    } catch {
      discard()
      throw error
    }
    isOpen.store(false, ordering: .releasing)
    reinit_temporary_remove(slot)
    if sync { try target.syncFolder() }
  }

  /// Removes the file, unless it has been published or removed.
  package func discard() {
    guard isOpen.exchange(false, ordering: .acquiringAndReleasing) else { return }
    unlink(path)
    reinit_temporary_remove(slot)
  }

  /// Throws where the file has been published or removed.
  package func requireOpen() throws(Diagnostic) {
    guard isOpen.load(ordering: .relaxed) else { throw Self.finished(targetPath) }
  }

  private static func finished(_ path: String) -> Diagnostic {
    Diagnostic(.writerFinished, "the file is finished already", at: path)
  }

  private func replace() -> Int32 { rename(path, targetPath) == 0 ? 0 : errno }

  private func moveWithoutReplacing() -> Int32 {
    let reason = reinit_rename_noreplace(path, targetPath)
    guard [EINVAL, ENOSYS, EOPNOTSUPP].contains(reason) else { return reason }
    // Where the file system has no such rename, a hard link fails on an existing name just as well.
    guard link(path, targetPath) == 0 else { return errno }
    unlink(path)
    return 0
  }
}
