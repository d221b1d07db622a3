import Diagnostics
import Files
import Formats
import Glibc
import JSONText

/// What an in-place run is about to do, kept beside the checkpoint until it is done: `FILE.reinit-journal`, or
/// `reinit-journal` in the folder of shards.
///
/// The journal appears at once and complete (by renaming), and only then a file is changed. Whoever finds
/// one can therefore do the run again. It knows its files by size, by the headers' bytes and by samples of the data,
/// not by inode, so that a copy of all is as good, and another file that was put in a place is not.
public struct Journal: Sendable {
  /// What the run noted for whoever finishes it.
  public let payload: JSONValue
  /// What the checkpoint is called.
  let name: String
  let side: SideFiles
  let contents: JournalContents

  /// Where the journal of a file is, its links followed.
  public static func path(for file: String) -> String { SideFiles(of: file).journal }

  /// Writes the journal of a run that is about to begin.
  ///
  /// - Parameters:
  ///   - ranges: What the run will write, counted from the beginning of the data; everything else stays.
  ///   - sync: Whether to wait until it is on the disk, which only a power cut makes necessary.
  /// - Throws: R0612 to R0619 where it cannot be written.
  public static func begin(
    _ checkpoint: InPlaceCheckpoint, changing ranges: [Range<Int>], payload: JSONValue, sync: Bool = false
  ) throws(Diagnostic) -> Journal {
    try begin(checkpoint, changing: ranges, parts: [], payload: payload, sync: sync)
  }

  /// The same where the run writes parts of tensors besides.
  static func begin(
    _ checkpoint: InPlaceCheckpoint, changing ranges: [Range<Int>], parts: [ContentSamples.Parts], payload: JSONValue,
    sync: Bool
  ) throws(Diagnostic) -> Journal {
    var files: [JournalContents.File] = []
    for (file, start) in zip(checkpoint.files, checkpoint.starts) {
      let own = start..<start + file.header.dataSize
      let changing = ranges.filter { own.contains($0.lowerBound) }
        .map { $0.lowerBound - start..<$0.upperBound - start }
      let written = parts.filter { own.contains($0.range.lowerBound) }.map { part in
        ContentSamples.Parts(range: part.range.lowerBound - start..<part.range.upperBound - start) { place in
          part.touches(place.lowerBound + start..<place.upperBound + start)
        }
      }
      files.append(
        JournalContents.File(
          name: try FilePath(file.handle.path).name, size: file.handle.status.size, header: file.front, newHeader: nil,
          samples: try ContentSamples(of: file, changing: changing, parts: written)))
    }
    let contents = JournalContents(files: files, payload: payload)
    let place = checkpoint.place
    let journal = Journal(payload: payload, name: place.name, side: place.side, contents: contents)
    try journal.write(contents, mode: checkpoint.permissions, sync: sync)
    return journal
  }

  /// The journal of an interrupted run on a checkpoint, or nil.
  ///
  /// - Throws: R0631 for a damaged one, R0632 for another file's, R0633 for an unreadable one, R0634 for
  ///   one of a newer release; R0601 to R0609 where a file itself cannot be opened.
  public static func pending(for path: String) throws(Diagnostic) -> Journal? {
    try FileHandle.check(path: path)
    let place = try CheckpointPlace(path)
    guard try stands(at: place.side) else { return nil }
    return try pending(place, place.files.map { (path) throws(Diagnostic) in try FileHandle.open(path) })
  }

  /// Refuses a checkpoint on which an in-place run was interrupted, or is at work.
  ///
  /// - Throws: R0630, or R0620 while the run is at work; as ``pending(for:)`` for a wrong journal.
  public static func refuseIfPending(_ path: String) throws(Diagnostic) {
    try FileHandle.check(path: path)
    let place = try CheckpointPlace(path)
    guard try stands(at: place.side) else { return }
    for file in place.files { try requireSettled(FileHandle.open(file)) }
  }

  /// Keeps in-place runs away from a file as long as it is open, and refuses one that is part old and part new, by itself
  /// or as one of the shards in its folder.
  ///
  /// - Throws: as ``refuseIfPending(_:)``.
  static func requireSettled(_ handle: FileHandle) throws(Diagnostic) {
    guard handle.lock(.shared) != EWOULDBLOCK else { throw LockedFile.inUse(handle.path) }
    let place = CheckpointPlace(file: handle.path)
    guard try pending(place, [handle]) == nil else { throw unfinished(handle.path, of: handle.path, place.side) }
    guard let folder = try shards(with: handle.path) else { return }
    throw unfinished(handle.path, of: folder.path, folder.side)
  }

  private static func unfinished(_ file: String, of checkpoint: String, _ side: SideFiles) -> Diagnostic {
    Diagnostic(
      .journalPending, "an interrupted in-place run on '\(file)' is not finished", at: side.journal,
      hints: hints(for: checkpoint))
  }

  /// The folder in which the journal of a run on shards speaks of a file; nil where there is none.
  /// - Throws: R0631, R0633 and R0634 where it is not known what the journal says.
  static func shards(with file: String) throws(Diagnostic) -> (path: String, side: SideFiles)? {
    let place = try FilePath(FilePath.resolved(file))
    let side = SideFiles(shardsIn: place.folder, called: "")
    guard try stands(at: side) else { return nil }
    let contents = try JournalContents(decoding: try read(side.journal), path: side.journal)
    return contents.files.contains { ByteName.areSame($0.name, place.name) } ? (place.folder, side) : nil
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
  public func finish(sync: Bool = false) throws(Diagnostic) { try Self.remove(at: side, sync: sync) }

  /// Whether there is a journal.
  /// - Throws: R0633 where the system does not say.
  static func stands(at side: SideFiles) throws(Diagnostic) -> Bool {
    var info = stat()
    if lstat(side.journal, &info) == 0 { return true }
    let reason = errno
    if [ENOENT, ENOTDIR, ENAMETOOLONG].contains(reason) { return false }
    throw unreadable(side.journal, "it is not known whether there is one", FileFault.text(reason))
  }

  /// Removes journal and spool of a checkpoint that has another's place, or whose run is given up.
  ///
  /// - Throws: R0617, R0619.
  static func remove(at side: SideFiles, sync: Bool = false) throws(Diagnostic) {
    let wasThere = unlink(side.journal) == 0
    guard wasThere || [ENOENT, ENOTDIR, ENAMETOOLONG].contains(errno) else {
      throw FileFault.writing(side.journal, errno)
    }
    unlink(side.spool)
    if wasThere, sync { try FilePath(side.journal).syncFolder() }
  }

  /// The journal of a run on open files, or nil.
  static func pending(_ place: CheckpointPlace, _ handles: [FileHandle]) throws(Diagnostic) -> Journal? {
    let side = place.side
    guard try stands(at: side) else { return nil }
    let contents = try JournalContents(decoding: try read(side.journal), path: side.journal)
    let journal = Journal(payload: contents.payload, name: place.name, side: side, contents: contents)
    guard try journal.belongs(to: handles, areShards: place.isSharded) else { throw journal.foreign(to: handles) }
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

  func write(_ contents: JournalContents, mode: mode_t, sync: Bool) throws(Diagnostic) {
    let temporary = try TemporaryFile(beside: side.journal, mode: mode)
    try temporary.handle.write(contents.encoded(), at: 0)
    try temporary.publish(replacing: true, sync: sync)
  }
}
