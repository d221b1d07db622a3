import Diagnostics
import Glibc

/// Which file it is, whatever its name.
package struct FileIdentity: Sendable, Hashable {
  /// The device that it lies on.
  package let device: UInt64
  /// Its number there.
  package let inode: UInt64
}

/// What the system says of a file: which it is, what it is, whose, and when it was changed.
package struct FileStatus: Sendable, Equatable {
  /// Which file it is.
  package let identity: FileIdentity
  /// Its size in bytes.
  package let size: Int
  /// The last change of its contents, in nanoseconds since 1970.
  package let modified: Int64
  /// The last change of its contents or permissions, in nanoseconds since 1970.
  package let changed: Int64
  let mode: mode_t
  let owner: uid_t
  let group: gid_t

  init(_ info: stat) {
    identity = FileIdentity(device: UInt64(info.st_dev), inode: UInt64(info.st_ino))
    size = Int(info.st_size)
    modified = Self.nanoseconds(info.st_mtim)
    changed = Self.nanoseconds(info.st_ctim)
    (mode, owner, group) = (info.st_mode, info.st_uid, info.st_gid)
  }

  /// The status behind a path, links followed.
  ///
  /// - Throws: R0301 where there is nothing, R0302 where the system refuses.
  package init(of path: String) throws(Diagnostic) {
    if path.isEmpty || path.utf8.contains(0) {
      throw Diagnostic(.pluginFileMissing, "a plugin's path is empty or holds a zero byte", at: path)
    }
    var info = stat()
    guard stat(path, &info) == 0 else { throw Self.fault(path, errno) }
    self.init(info)
  }

  init?(of descriptor: Int32) {
    var info = stat()
    guard fstat(descriptor, &info) == 0 else { return nil }
    self.init(info)
  }

  var isRegular: Bool { mode & S_IFMT == S_IFREG }
  var isFolder: Bool { mode & S_IFMT == S_IFDIR }

  private static func nanoseconds(_ time: timespec) -> Int64 {
    Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
  }
}

extension FileStatus {
  /// - Throws: R0303.
  func requireRegular(_ path: String) throws(Diagnostic) {
    guard isRegular else { throw notRegular(path) }
  }

  func notRegular(_ path: String) -> Diagnostic {
    let hint = isFolder ? "reinit plugin list --plugin \(ShellText.quoted(path))" : "ls -l \(ShellText.quoted(path))"
    return Diagnostic(
      .pluginFileNotRegular, "a plugin must be a regular file", at: path, expected: "a shared object (*.so)",
      found: kind, hints: [hint])
  }

  private var kind: String {
    switch mode & S_IFMT {
    case S_IFDIR: "a folder"
    case S_IFIFO: "a named pipe (FIFO)"
    case S_IFSOCK: "a socket"
    case S_IFCHR: "a character device"
    case S_IFBLK: "a block device"
    default: "no regular file"
    }
  }

  /// Opening or reading failed with an errno.
  static func fault(_ path: String, _ reason: Int32) -> Diagnostic {
    let text = strerror(reason).map { String(cString: $0) } ?? "unknown error"
    let found = "\(text) (errno \(reason))"
    let quoted = ShellText.quoted(path)
    guard [ENOENT, ENOTDIR, ELOOP, ENAMETOOLONG].contains(reason) else {
      return Diagnostic(
        .pluginFileUnreadable, "the plugin's file cannot be read", at: path, found: found,
        hints: ["namei -l \(quoted)"])
    }
    return Diagnostic(
      .pluginFileMissing, "there is no such plugin file", at: path, expected: "a shared object (*.so)",
      found: found, hints: ["ls -l \(ShellText.quoted(ShellText.folder(of: path)))"])
  }
}
