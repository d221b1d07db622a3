import CGuard
import Diagnostics
import Glibc

/// Files in a folder that nobody else knows yet.
package enum NewFile {
  /// Makes a file that begins with some bytes and has so many more, which are zero.
  /// - Parameters:
  ///   - mode: its permissions.
  ///   - reserving: whether the disk has to have room for all of it.
  /// - Throws: R0612 to R0617.
  package static func make(_ path: String, front: [UInt8], size: Int, mode: mode_t, reserving: Bool) throws(Diagnostic)
  {
    let descriptor = Descriptor.open(path, O_RDWR | O_CREAT | O_EXCL, mode: mode)
    guard descriptor >= 0 else { throw FileFault.creating(path, errno) }
    let handle = try TemporaryFile.adopt(descriptor, at: path, for: path)
    let (total, overflows) = front.count.addingReportingOverflow(size)
    guard !overflows else { throw FileFault.writing(path, EFBIG) }
    if reserving { try reserve(total, in: handle) } else { try truncate(total, handle) }
    try handle.write(front, at: 0)
  }

  /// Gives a file its size, on the disk where the file system can, so that a full one is found out now.
  package static func reserve(_ size: Int, in handle: FileHandle) throws(Diagnostic) {
    if retrying({ Int(reinit_allocate(handle.descriptor, Int64(size))) }) == 0 { return }
    let reason = errno
    guard [EOPNOTSUPP, ENOSYS, EINVAL, EPERM].contains(reason) else {
      throw FileFault.writing(handle.path, reason)
    }
    try truncate(size, handle)
  }

  private static func truncate(_ size: Int, _ handle: FileHandle) throws(Diagnostic) {
    guard retrying({ Int(ftruncate(handle.descriptor, off_t(size))) }) == 0 else {
      throw FileFault.writing(handle.path, errno)
    }
  }

  /// Gives a file another name, or that of another one.
  /// - Throws: R0610 where the name is taken and is not to be replaced; R0619.
  package static func move(_ path: String, to target: String, replacing: Bool) throws(Diagnostic) {
    var reason = replacing ? (rename(path, target) == 0 ? 0 : errno) : reinit_rename_noreplace(path, target)
    if !replacing, [EINVAL, ENOSYS, EOPNOTSUPP].contains(reason) {
      // Where the file system has no such rename, a hard link fails on an existing name just as well.
      reason = link(path, target) == 0 ? 0 : errno
      if reason == 0 { unlink(path) }
    }
    guard reason == 0 else { throw FileFault.publishing(target, reason) }
  }
}
