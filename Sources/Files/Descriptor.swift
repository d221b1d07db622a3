import Glibc

/// Descriptors of files, which are never those of standard input, output and errors.
///
/// Where a process was started with one of these closed, the next file would get its number, and what anybody prints
/// would be written over the file.
enum Descriptor {
  /// Opens a file that no started process inherits; a negative number and `errno` where that fails.
  static func open(_ path: String, _ flags: Int32, mode: mode_t = 0) -> Int32 {
    moved(Int32(retrying { Int(Glibc.open(path, flags | O_CLOEXEC, mode)) }))
  }

  /// The descriptor itself, or a copy of it above the three, whose place is then free again.
  static func moved(_ descriptor: Int32) -> Int32 {
    guard (0...2).contains(descriptor) else { return descriptor }
    let copy = fcntl(descriptor, F_DUPFD_CLOEXEC, 3)
    let reason = errno
    close(descriptor)
    errno = reason
    return copy
  }
}
