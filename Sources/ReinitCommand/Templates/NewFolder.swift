import Diagnostics
import Glibc

/// A new folder with files: all of them, or nothing.
///
/// It is made under a name of its own and renamed when it is complete; an interruption waits that long.
struct NewFolder {
  let path: String
  private var temporary: String { ".\(path).reinit-\(getpid())" }

  /// Makes the folder in the current one.
  /// - Throws: ``Diagnostics/ErrorCode/folderExists``, and the codes of files that cannot be made or written.
  static func make(_ path: String, with files: [PluginTemplate.File]) throws(Diagnostic) {
    let folder = NewFolder(path: path)
    try folder.requireAbsent()
    try Interruption.postponed { () throws(Diagnostic) in
      do throws(Diagnostic) {
        try folder.makeFolder(folder.temporary)
        for file in files { try folder.write(file) }
        try folder.publish()
      } catch {
        folder.discard(files)
        throw error
      }
    }
  }

  private func requireAbsent() throws(Diagnostic) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    throw Diagnostic(
      .folderExists, "'\(path)' exists", at: path, expected: "nothing of that name",
      found: status.st_mode & S_IFMT == S_IFDIR ? "a folder" : "a file",
      hints: ["choose another name, or another folder to make it in"])
  }

  private func makeFolder(_ path: String) throws(Diagnostic) {
    guard mkdir(path, 0o777) != 0 else { return }
    throw failure(errno)
  }

  private func write(_ file: PluginTemplate.File) throws(Diagnostic) {
    for folder in Self.folders(of: file.path) where mkdir("\(temporary)/\(folder)", 0o777) != 0 {
      guard errno == EEXIST else { throw failure(errno) }
    }
    let descriptor = open("\(temporary)/\(file.path)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o666)
    guard descriptor >= 0 else { throw failure(errno) }
    defer { close(descriptor) }
    var rest = Array(file.text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 || errno == EINTR else { throw failure(errno) }
      rest = rest.dropFirst(max(0, count))
    }
  }

  private func publish() throws(Diagnostic) {
    // A folder that has come meanwhile is replaced if it is empty, and no other.
    guard rename(temporary, path) != 0 else { return }
    let reason = errno
    try requireAbsent()
    throw failure(reason)
  }

  /// Removes what was made, from the inside out; what was not made is passed over.
  private func discard(_ files: [PluginTemplate.File]) {
    for file in files { unlink("\(temporary)/\(file.path)") }
    for folder in Set(files.flatMap { Self.folders(of: $0.path) }).sorted(by: >) { rmdir("\(temporary)/\(folder)") }
    rmdir(temporary)
  }

  /// The folders above a file, from the outside in: `.github` and `.github/workflows`.
  private static func folders(of path: String) -> [String] {
    path.indices.filter { path[$0] == "/" }.map { String(path[..<$0]) }
  }

  private func failure(_ reason: Int32) -> Diagnostic {
    let text = strerror(reason).map { String(cString: $0) } ?? "unknown error"
    let (code, message): (ErrorCode, String) =
      switch reason {
      case EACCES, EPERM: (.folderNotWritable, "the current folder may not be written to")
      case ENOENT, ENOTDIR: (.folderMissing, "the current folder does not exist any more")
      case EROFS: (.readOnlyFileSystem, "the file system is read-only")
      case ENOSPC, EDQUOT, EFBIG: (.diskFull, "no space is left")
      default: (.cannotCreate, "the folder cannot be made")
      }
    return Diagnostic(code, message, at: path, found: "\(text) (errno \(reason))")
  }
}

extension Interruption {
  /// Runs something short that must be done as a whole; what the user sends meanwhile comes after it.
  static func postponed(_ body: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    var (blocked, before) = (sigset_t(), sigset_t())
    for number in [SIGINT, SIGTERM, SIGHUP] { sigaddset(&blocked, number) }
    pthread_sigmask(SIG_BLOCK, &blocked, &before)
    defer { pthread_sigmask(SIG_SETMASK, &before, nil) }
    try body()
  }
}
