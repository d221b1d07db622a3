import CGuard
import Diagnostics
import Glibc
import Synchronization

/// A folder under a name of its own beside its target, whose place it takes when it is complete.
///
/// It goes away with all that is in it with the last reference, and on interruption, unless it has been published.
package final class TemporaryFolder: Sendable {
  /// Where the unfinished folder is.
  package let path: String
  private let target: FilePath
  private let targetPath: String
  private let handle: FileHandle
  private let slot: Int32
  private let isOpen = Atomic(true)

  /// Creates the folder, empty, and locks it: one that nobody has locked is of a process that has ended.
  /// - Throws: R0609, R0612 to R0616.
  package init(beside targetPath: String) throws(Diagnostic) {
    self.targetPath = targetPath
    target = try FilePath(targetPath)
    while true {
      let path = target.sibling(TemporaryFile.prefix(for: target.name) + TemporaryFile.randomSuffix())
      // Entered before it exists, so that no signal finds it missing from the list.
      let slot = reinit_temporary_add(FilePath.absolute(path))
      do throws(Diagnostic) {
        if let handle = try Self.create(path, for: targetPath) {
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

  /// Creates a folder of that name; nil where the name is taken, or was taken away again.
  private static func create(_ path: String, for target: String) throws(Diagnostic) -> FileHandle? {
    guard mkdir(path, 0o777) == 0 else {
      if errno == EEXIST { return nil }
      throw FileFault.creating(target, errno)
    }
    let descriptor = Descriptor.open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW)
    guard descriptor >= 0, let status = FileHandle.status(of: descriptor) else {
      let reason = errno
      if descriptor >= 0 { close(descriptor) }
      rmdir(path)
      throw FileFault.creating(target, reason)
    }
    let handle = FileHandle(path: target, descriptor: descriptor, status: status)
    // Whoever clears away what dead processes left may have been faster than the lock.
    guard handle.lock(.shared) != EWOULDBLOCK, let now = FileHandle.status(of: path).0, now.isSame(as: status) else {
      rmdir(path)
      return nil
    }
    return handle
  }

  deinit { discard() }

  /// Gives the folder its name.
  /// - Parameter replacing: whether a folder of that name goes away with all that is in it; else it is an error, unless it
  ///   is empty.
  /// - Throws: R0610, R0616, R0618, R0619; nothing is left behind.
  package func publish(replacing: Bool, sync: Bool) throws(Diagnostic) {
    do throws(Diagnostic) {
      if sync { try syncAll() }
      let reason = move(replacing: replacing)
      guard reason == 0 else { throw FileFault.publishing(targetPath, reason) }
    } catch {
      discard()
      throw error
    }
    isOpen.store(false, ordering: .releasing)
    reinit_temporary_remove(slot)
    if sync { try target.syncFolder() }
  }

  /// An exchange leaves the old folder under the unfinished one's name, where it is removed.
  private func move(replacing: Bool) -> Int32 {
    if rename(path, targetPath) == 0 { return 0 }
    let reason = errno == ENOTEMPTY ? EEXIST : errno
    guard reason == EEXIST, replacing else { return reason }
    let exchanged = reinit_rename_exchange(path, targetPath)
    guard exchanged == 0 else { return exchanged }
    _ = reinit_remove_folder(path)
    return 0
  }

  /// What is in the folder has been forced to the disk file by file; its own entries are left.
  private func syncAll() throws(Diagnostic) {
    guard retrying({ Int(fsync(handle.descriptor)) }) == 0 || errno == EINVAL else {
      throw FileFault.syncing(targetPath, errno)
    }
  }

  /// Removes the folder, unless it has been published or removed.
  package func discard() {
    guard isOpen.exchange(false, ordering: .acquiringAndReleasing) else { return }
    _ = reinit_remove_folder(path)
    reinit_temporary_remove(slot)
  }
}
