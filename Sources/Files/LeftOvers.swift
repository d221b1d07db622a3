import CGuard
import Glibc

/// Unfinished files and folders of processes that have ended: those of living ones are locked.
package enum LeftOvers {
  /// Removes what is left of earlier runs under the names of files, all in one folder.
  package static func remove(of paths: [String]) {
    let targets = paths.compactMap { try? FilePath($0) }
    guard let folder = targets.first else { return }
    let prefixes = targets.map { TemporaryFile.prefix(for: $0.name) }
    for name in folder.namesInFolder where prefixes.contains(where: { TemporaryFile.isName(name, with: $0) }) {
      removeUnlessLocked(folder.sibling(name))
    }
  }

  private static func removeUnlessLocked(_ path: String) {
    let descriptor = Descriptor.open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY)
    guard descriptor >= 0 else { return }
    guard let status = FileHandle.status(of: descriptor) else {
      close(descriptor)
      return
    }
    let handle = FileHandle(path: path, descriptor: descriptor, status: status)
    guard status.isRegular || status.isFolder, handle.lock(.exclusive) == 0 else { return }
    if status.isFolder { _ = reinit_remove_folder(path) } else { unlink(path) }
  }
}
