import Diagnostics
import Files
import Formats
import Glibc

/// One file of a checkpoint that is changed where it is, locked.
struct LockedFile: Sendable {
  let handle: FileHandle
  /// The file's first bytes before the run, header included.
  let front: [UInt8]
  /// What the file contained before the run.
  let header: SafeTensorsHeader

  /// Opens a file and locks it; the file is not changed.
  /// - Throws: R0455 for a PyTorch file; R0601 to R0609; R0620 where another process has the lock.
  static func open(_ path: String) throws(Diagnostic) -> FileHandle {
    let handle = try FileHandle.open(path, for: .updating)
    if try PyTorchFile.isLikely(handle) { throw notChangeable(path) }
    try lock(handle)
    return handle
  }

  /// - Parameter noted: the file's first bytes as a journal has them, where a run had begun to write others.
  /// - Throws: R0401 to R0423 for a file that breaks the format.
  init(_ handle: FileHandle, noted: [UInt8]?) throws(Diagnostic) {
    self.handle = handle
    if let noted { front = noted } else { front = try handle.bytes(0..<SafeTensorsFile.frontSize(of: handle)) }
    header = try SafeTensorsHeader(front: front, fileSize: handle.status.size, path: handle.path)
  }

  /// The first bytes with other metadata, in the same place.
  /// - Throws: R0426 where it does not fit.
  func encoded(_ metadata: SafeTensorsMetadata) throws(Diagnostic) -> [UInt8] {
    var new = header
    new.metadata = metadata
    do { return try new.encoded(headerLength: header.headerLength) } catch { throw error.at(handle.path) }
  }

  static func lock(_ handle: FileHandle) throws(Diagnostic) {
    let reason = handle.lock(.exclusive)
    guard reason == 0 else {
      throw reason == EWOULDBLOCK ? inUse(handle.path, "reads or changes") : FileFault.opening(handle.path, reason)
    }
    // Another file may have been renamed onto the path before the lock was there.
    guard let now = FileHandle.status(of: handle.path).0, now.isSame(as: handle.status) else {
      throw inUse(handle.path)
    }
  }

  static func inUse(_ path: String, _ use: String = "is changing") -> Diagnostic {
    Diagnostic(
      .fileLocked, "another process \(use) the file", at: path, hints: ["fuser -v \(FilePath.pasteable(path))"])
  }

  private static func notChangeable(_ path: String) -> Diagnostic {
    Diagnostic(
      .notChangeable, "a PyTorch file cannot be changed in place", at: path, expected: "a safetensors file",
      found: "an archive of torch.save",
      hints: [
        "write the result in safetensors: -o new.safetensors", "a folder of such files to a folder: -o new-folder",
      ])
  }
}
