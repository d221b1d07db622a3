import Diagnostics
import Files
import Glibc
import JSONText

/// What an in-place run is about to do, kept beside the file until it is done: `FILE.reinit-journal`.
///
/// The journal appears at once and complete (by renaming), and only then the file is changed. Whoever finds
/// one can therefore do the run again. It knows its file by size and by the header's bytes, not by inode, so
/// that a copy of both is as good.
public struct Journal: Sendable {
  /// What the run noted for whoever finishes it.
  public let payload: JSONValue
  /// The file that it belongs to, links followed.
  let file: String
  let contents: JournalContents

  /// Where the journal of a file is, its links followed.
  public static func path(for file: String) -> String { FilePath.resolved(file) + ".reinit-journal" }

  /// Writes the journal of a run that is about to begin.
  ///
  /// - Parameter sync: Whether to wait until it is on the disk, which only a power cut makes necessary.
  /// - Throws: R0612 to R0619 where it cannot be written.
  public static func begin(
    _ file: InPlaceFile, payload: JSONValue, sync: Bool = false
  ) throws(Diagnostic) -> Journal {
    let contents = JournalContents(
      fileSize: file.handle.status.size, header: file.front, newHeader: nil, payload: payload)
    let journal = Journal(payload: payload, file: FilePath.resolved(file.path), contents: contents)
    try journal.write(contents, sync: sync)
    return journal
  }

  /// The journal of an interrupted run on a file, or nil.
  ///
  /// - Throws: R0631 for a damaged one, R0632 for another file's, R0633 for an unreadable one, R0634 for
  ///   one of a newer release; R0601 to R0609 where the file itself cannot be opened.
  public static func pending(for path: String) throws(Diagnostic) -> Journal? {
    try FileHandle.check(path: path)
    guard exists(for: path) else { return nil }
    return try pending(for: FileHandle.open(path))
  }

  /// Refuses a file on which an in-place run was interrupted, or is at work.
  ///
  /// - Throws: R0630, or R0620 while the run is at work; as ``pending(for:)`` for a wrong journal.
  public static func refuseIfPending(_ path: String) throws(Diagnostic) {
    try FileHandle.check(path: path)
    guard exists(for: path) else { return }
    let handle = try FileHandle.open(path)
    guard retrying({ Int(flock(handle.descriptor, LOCK_SH | LOCK_NB)) }) == 0 || errno != EWOULDBLOCK else {
      throw InPlaceFile.inUse(path)
    }
    guard try pending(for: handle) != nil else { return }
    throw Diagnostic(
      .journalPending, "an interrupted in-place run on '\(path)' is not finished", at: Self.path(for: path),
      hints: ["reinit apply \(FilePath.pasteable(path)) --in-place"])
  }

  /// Removes the journal: the run is done.
  ///
  /// - Throws: R0617, R0619.
  public func finish(sync: Bool = false) throws(Diagnostic) {
    let path = Self.path(for: file)
    guard unlink(path) == 0 || errno == ENOENT else { throw FileFault.writing(path, errno) }
    if sync { try FilePath(path).syncFolder() }
  }

  private static func exists(for path: String) -> Bool {
    var info = stat()
    return lstat(Self.path(for: path), &info) == 0 || ![ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno)
  }

  static func pending(for handle: FileHandle) throws(Diagnostic) -> Journal? {
    guard exists(for: handle.path) else { return nil }
    let path = Self.path(for: handle.path)
    let contents = try JournalContents(decoding: try read(path), path: path)
    let journal = Journal(payload: contents.payload, file: FilePath.resolved(handle.path), contents: contents)
    guard try journal.belongs(to: handle) else {
      throw Diagnostic(
        .journalForeign, "the journal belongs to another file", at: path,
        expected: "a file of \(contents.fileSize) bytes with the header in the journal",
        found: "\(handle.path), \(handle.status.size) bytes",
        hints: ["if the file was replaced on purpose: rm \(FilePath.pasteable(path))"])
    }
    return journal
  }

  private static func read(_ path: String) throws(Diagnostic) -> [UInt8] {
    let handle: FileHandle
    do {
      handle = try FileHandle.open(path)
      if handle.status.size <= JournalContents.sizeLimit { return try handle.bytes(0..<handle.status.size) }
    } catch {
      throw Diagnostic(
        .journalUnreadable, "the journal cannot be read: \(error.message)", at: path, found: error.found)
    }
    throw JournalContents.corrupt(path, "at most \(JournalContents.sizeLimit) bytes", "\(handle.status.size)")
  }
}

extension Journal {
  /// Notes the header that is about to be written, so that a half-written one is recognized.
  func note(newHeader: [UInt8], sync: Bool) throws(Diagnostic) {
    var contents = contents
    contents.newHeader = newHeader
    try write(contents, sync: sync)
  }

  /// Puts the old header back where the interrupted run had begun to write the new one.
  func restoreHeader(of handle: FileHandle) throws(Diagnostic) {
    guard try handle.bytes(0..<contents.header.count) != contents.header else { return }
    try handle.write(contents.header, at: 0)
  }

  /// Whether the file has the journal's size and header; the header may be half old and half new.
  private func belongs(to handle: FileHandle) throws(Diagnostic) -> Bool {
    guard handle.status.size == contents.fileSize, contents.header.count <= contents.fileSize else {
      return false
    }
    let old = contents.header
    let new = contents.newHeader ?? old
    let now = try handle.bytes(0..<old.count)
    return new.count == old.count && now.indices.allSatisfy { now[$0] == old[$0] || now[$0] == new[$0] }
  }

  private func write(_ contents: JournalContents, sync: Bool) throws(Diagnostic) {
    let target = Self.path(for: file)
    let temporary = try TemporaryFile(beside: target)
    try temporary.handle.write(contents.encoded(), at: 0)
    try temporary.publish(replacing: true, sync: sync)
  }

  /// Removes journals of this file that were never finished; only for whoever has its lock.
  static func removeUnfinished(for path: String) throws(Diagnostic) {
    let journal = try FilePath(Self.path(for: path))
    let prefix = TemporaryFile.prefix(for: journal.name)
    guard let folder = opendir(journal.folder) else { return }
    defer { closedir(folder) }
    while let entry = readdir(folder) {
      let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
        pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
      }
      guard name.hasPrefix(prefix), name.utf8.count == prefix.utf8.count + TemporaryFile.suffixLength else {
        continue
      }
      unlink(journal.sibling(name))
    }
  }
}
