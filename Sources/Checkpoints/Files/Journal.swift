import Diagnostics
import Files
import Glibc
import JSONText

/// What an in-place run is about to do, kept beside the file until it is done: `FILE.reinit-journal`.
///
/// The journal appears at once and complete (by renaming), and only then the file is changed. Whoever finds
/// one can therefore do the run again. It knows its file by size, by the header's bytes and by samples of the data,
/// not by inode, so that a copy of both is as good, and another file that was put in its place is not.
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
  /// - Parameters:
  ///   - ranges: What the run will write, counted from the beginning of the data; everything else stays.
  ///   - sync: Whether to wait until it is on the disk, which only a power cut makes necessary.
  /// - Throws: R0612 to R0619 where it cannot be written.
  public static func begin(
    _ file: InPlaceFile, changing ranges: [Range<Int>], payload: JSONValue, sync: Bool = false
  ) throws(Diagnostic) -> Journal {
    let contents = JournalContents(
      fileSize: file.handle.status.size, header: file.front, newHeader: nil,
      samples: try ContentSamples(of: file, changing: ranges), payload: payload)
    let journal = Journal(payload: payload, file: FilePath.resolved(file.path), contents: contents)
    try journal.write(contents, mode: file.handle.status.permissions, sync: sync)
    return journal
  }

  /// The journal of an interrupted run on a file, or nil.
  ///
  /// - Throws: R0631 for a damaged one, R0632 for another file's, R0633 for an unreadable one, R0634 for
  ///   one of a newer release; R0601 to R0609 where the file itself cannot be opened.
  public static func pending(for path: String) throws(Diagnostic) -> Journal? {
    try FileHandle.check(path: path)
    guard try stands(for: path) else { return nil }
    return try pending(for: FileHandle.open(path))
  }

  /// Refuses a file on which an in-place run was interrupted, or is at work.
  ///
  /// - Throws: R0630, or R0620 while the run is at work; as ``pending(for:)`` for a wrong journal.
  public static func refuseIfPending(_ path: String) throws(Diagnostic) {
    try FileHandle.check(path: path)
    guard try stands(for: path) else { return }
    try requireSettled(FileHandle.open(path))
  }

  /// Keeps in-place runs away from a file as long as it is open, and refuses one that is part old and part new.
  ///
  /// - Throws: as ``refuseIfPending(_:)``.
  static func requireSettled(_ handle: FileHandle) throws(Diagnostic) {
    guard handle.lock(.shared) != EWOULDBLOCK else { throw InPlaceFile.inUse(handle.path) }
    guard try pending(for: handle) != nil else { return }
    throw Diagnostic(
      .journalPending, "an interrupted in-place run on '\(handle.path)' is not finished", at: path(for: handle.path),
      hints: hints(for: handle.path))
  }

  /// What to type where a journal stands.
  static func hints(for path: String) -> [String] {
    let file = FilePath.pasteable(path)
    return [
      "finish the run: reinit recover \(file)",
      "if the file was put back from a copy, or replaced: reinit recover --abandon \(file)",
    ]
  }

  /// Removes the journal: the run is done.
  ///
  /// - Throws: R0617, R0619.
  public func finish(sync: Bool = false) throws(Diagnostic) { try Self.remove(for: file, sync: sync) }

  /// Whether a file has a journal.
  /// - Throws: R0633 where the system does not say.
  static func stands(for path: String) throws(Diagnostic) -> Bool {
    var info = stat()
    let journal = Self.path(for: path)
    if lstat(journal, &info) == 0 { return true }
    let reason = errno
    if [ENOENT, ENOTDIR, ENAMETOOLONG].contains(reason) { return false }
    throw unreadable(journal, "it is not known whether there is one", FileFault.text(reason))
  }

  /// Removes journal and spool of a file that has another's place, or whose run is given up.
  ///
  /// - Throws: R0617, R0619.
  static func remove(for path: String, sync: Bool = false) throws(Diagnostic) {
    let journal = Self.path(for: path)
    let wasThere = unlink(journal) == 0
    guard wasThere || [ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno) else { throw FileFault.writing(journal, errno) }
    Spool.remove(for: path)
    if wasThere, sync { try FilePath(journal).syncFolder() }
  }

  static func pending(for handle: FileHandle) throws(Diagnostic) -> Journal? {
    guard try stands(for: handle.path) else { return nil }
    let path = Self.path(for: handle.path)
    let contents = try JournalContents(decoding: try read(path), path: path)
    let journal = Journal(payload: contents.payload, file: FilePath.resolved(handle.path), contents: contents)
    guard try journal.belongs(to: handle) else { throw journal.foreign(to: handle) }
    return journal
  }

  private static func read(_ path: String) throws(Diagnostic) -> [UInt8] {
    let handle: FileHandle
    do {
      handle = try FileHandle.open(path)
      if handle.status.size <= JournalContents.sizeLimit { return try handle.bytes(0..<handle.status.size) }
    } catch {
      throw unreadable(path, error.message, error.found)
    }
    throw JournalContents.corrupt(path, "at most \(JournalContents.sizeLimit) bytes", "\(handle.status.size)")
  }

  private static func unreadable(_ path: String, _ message: String, _ found: String?) -> Diagnostic {
    Diagnostic(.journalUnreadable, "the journal cannot be read: \(message)", at: path, found: found)
  }
}

extension Journal {
  /// The file is not the one that the interrupted run changed.
  func foreign(to handle: FileHandle) -> Diagnostic {
    Diagnostic(
      .journalForeign, "the journal belongs to another file", at: Self.path(for: file),
      expected: "a file of \(contents.fileSize) bytes, with the header and the data that the journal speaks of",
      found: "\(handle.path), \(handle.status.size) bytes",
      hints: [
        "if the file was replaced on purpose, remove the journal: reinit recover --abandon "
          + FilePath.pasteable(handle.path)
      ])
  }

  /// Notes the header that is about to be written, so that a half-written one is recognized.
  func note(newHeader: [UInt8], mode: mode_t, sync: Bool) throws(Diagnostic) {
    var contents = contents
    contents.newHeader = newHeader
    try write(contents, mode: mode, sync: sync)
  }

  /// Puts the old header back where the interrupted run had begun to write the new one.
  func restoreHeader(of handle: FileHandle) throws(Diagnostic) {
    guard try handle.bytes(0..<contents.header.count) != contents.header else { return }
    try handle.write(contents.header, at: 0)
  }

  /// Whether the file has the journal's size, header and the data that the run leaves alone; the header may be half
  /// old and half new.
  private func belongs(to handle: FileHandle) throws(Diagnostic) -> Bool {
    guard handle.status.size == contents.fileSize, contents.header.count <= contents.fileSize else {
      return false
    }
    let old = contents.header
    let new = contents.newHeader ?? old
    let now = try handle.bytes(0..<old.count)
    guard new.count == old.count, now.indices.allSatisfy({ now[$0] == old[$0] || now[$0] == new[$0] }) else {
      return false
    }
    return try changed(contents.samples.kept, in: handle).isEmpty
  }

  /// The samples of what the run writes that are not as they were: they have to be what it writes.
  func written(in handle: FileHandle) throws(Diagnostic) -> [ContentSamples.Sample] {
    try changed(contents.samples.changing, in: handle)
  }

  private func changed(
    _ samples: [ContentSamples.Sample], in handle: FileHandle
  ) throws(Diagnostic) -> [ContentSamples.Sample] {
    var changed: [ContentSamples.Sample] = []
    for sample in samples where try !sample.isUnchanged(in: handle, dataStart: contents.header.count) {
      changed.append(sample)
    }
    return changed
  }

  private func write(_ contents: JournalContents, mode: mode_t, sync: Bool) throws(Diagnostic) {
    let target = Self.path(for: file)
    let temporary = try TemporaryFile(beside: target, mode: mode)
    try temporary.handle.write(contents.encoded(), at: 0)
    try temporary.publish(replacing: true, sync: sync)
  }
}
