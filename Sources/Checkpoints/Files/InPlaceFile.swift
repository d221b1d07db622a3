import Diagnostics
import Files
import Formats
import Glibc

/// A safetensors file that is changed where it is, locked against a second such run.
///
/// A run writes its ``Journal`` first, then the data, then the header, and removes the journal at last.
public final class InPlaceFile: Sendable {
  /// The path as given.
  public let path: String
  /// What the file contained before the run.
  public let header: SafeTensorsHeader
  /// The journal of an interrupted run, which has to be finished before anything else.
  public let pending: Journal?

  let handle: FileHandle
  /// The file's first bytes before the run, header included.
  let front: [UInt8]

  /// Opens and locks a file, and clears away what killed runs left unfinished; the file itself is not changed.
  ///
  /// Where an interrupted run had begun to write the header, the old one is read from the journal.
  /// - Throws: R0601 to R0609, R0620 where another process has the lock, R0401 to R0423 for a file that
  ///   breaks the format, R0631 to R0634 for a journal that cannot be used.
  public init(_ path: String) throws(Diagnostic) {
    self.path = path
    handle = try FileHandle.open(path, for: .updating)
    try Self.lock(handle)
    LeftOvers.remove(of: FilePath.resolved(path))
    pending = try Journal.pending(for: handle)
    if pending == nil { Spool.remove(for: path) }
    if let pending {
      front = pending.contents.header
    } else {
      front = try handle.bytes(0..<SafeTensorsFile.frontSize(of: handle))
    }
    header = try SafeTensorsHeader(front: front, fileSize: handle.status.size, path: path)
  }

  /// Writes bytes of the data; from any thread.
  ///
  /// - Parameter offset: Where, counted from the beginning of the data, as the entries' ranges are.
  /// - Throws: R0616, R0617; R0425 for a range outside of the data.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Diagnostic) {
    try check(offset, bytes.count)
    try handle.write(bytes, at: header.dataStart + offset)
  }

  /// Reads bytes of the data; from any thread.
  ///
  /// - Throws: R0606, R0607; R0425 for a range outside of the data.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) {
    try check(offset, buffer.count)
    try handle.read(into: buffer, at: header.dataStart + offset)
  }

  /// Whether metadata fits into the header's place.
  public func fits(_ metadata: SafeTensorsMetadata) -> Bool {
    (try? encoded(metadata)) != nil
  }

  /// Writes the header with other metadata, noting it in the journal first: half-written, it can be told.
  ///
  /// - Throws: R0426 where it does not fit; reading's and writing's codes.
  public func replaceMetadata(
    _ metadata: SafeTensorsMetadata, journal: Journal?, sync: Bool = false
  ) throws(Diagnostic) {
    let new = try encoded(metadata)
    try journal?.note(newHeader: new, mode: handle.status.permissions, sync: sync)
    try handle.write(new, at: 0)
  }

  /// Forces what was written to the disk.
  ///
  /// - Throws: R0619.
  public func sync() throws(Diagnostic) { try handle.sync() }

  private func encoded(_ metadata: SafeTensorsMetadata) throws(Diagnostic) -> [UInt8] {
    var new = header
    new.metadata = metadata
    do {
      return try new.encoded(headerLength: header.headerLength)
    } catch {
      throw error.at(path)
    }
  }

  private func check(_ offset: Int, _ count: Int) throws(Diagnostic) {
    guard offset >= 0, offset <= header.dataSize, count <= header.dataSize - offset else {
      throw Diagnostic(
        .outsideTensor, "a range outside of the data was used", at: path,
        expected: "bytes below \(header.dataSize)", found: "\(count) bytes from \(offset) on")
    }
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
}
