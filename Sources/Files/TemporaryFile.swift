import CGuard
import Diagnostics
import Glibc
import Synchronization

/// Unfinished files of this process.
public enum TemporaryFiles {
  /// Removes all unfinished files; safe in a signal handler, after which the process has to end.
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

  /// Creates the file, empty.
  ///
  /// - Parameter mode: The permissions, or nil for those of any new file.
  package init(beside targetPath: String, mode: mode_t? = nil) throws(Diagnostic) {
    target = try FilePath(targetPath)
    self.targetPath = targetPath
    var descriptor: Int32 = -1
    var slot: Int32 = -1
    var path = ""
    repeat {
      reinit_temporary_remove(slot)
      path = target.sibling(Self.prefix(for: target.name) + Self.randomSuffix())
      // Entered before it exists, so that no signal finds it missing from the list.
      slot = reinit_temporary_add(FilePath.absolute(path))
      descriptor = Int32(retrying { Int(open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, mode ?? 0o666)) })
    } while descriptor < 0 && errno == EEXIST
    let reason = errno
    guard descriptor >= 0, let status = FileHandle.status(of: descriptor) else {
      reinit_temporary_remove(slot)
      throw FileFault.creating(targetPath, reason)
    }
    self.path = path
    self.slot = slot
    handle = FileHandle(path: targetPath, descriptor: descriptor, status: status)
    // What the umask took away is given back: the permissions are those of another file.
    if let mode { _ = fchmod(descriptor, mode & 0o777) }
  }

  deinit { discard() }

  /// What the names of a target's unfinished files begin with.
  package static func prefix(for name: String) -> String {
    var name = name
    while name.utf8.count > 200 { name.removeLast() }
    return ".\(name).reinit-"
  }

  package static let suffixLength = 6

  private static func randomSuffix() -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
    return String((0..<suffixLength).map { _ in letters[Int.random(in: letters.indices)] })
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
