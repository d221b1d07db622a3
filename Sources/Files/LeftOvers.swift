import Glibc

/// Unfinished files of processes that have ended: those of living ones are locked.
package enum LeftOvers {
  /// Removes what is left of earlier runs on a file: of the file itself, and of what stands beside it.
  package static func remove(of path: String) {
    guard let target = try? FilePath(path) else { return }
    let prefixes = ["", ".reinit-journal", ".reinit-spool", ".receipt.json"].map {
      TemporaryFile.prefix(for: target.name + $0)
    }
    for name in target.namesInFolder where prefixes.contains(where: { TemporaryFile.isName(name, with: $0) }) {
      removeUnlessLocked(target.sibling(name))
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
    if status.isRegular, handle.lock(.exclusive) == 0 { unlink(path) }
  }
}
