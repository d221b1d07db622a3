import Diagnostics
import Files
import Formats
import Glibc

/// A checkpoint that is changed where it is, a file or shards, all of it locked against a second such run.
///
/// A run writes its ``Journal`` first, then the data, then the receipt, and removes the journal at last.
public final class InPlaceCheckpoint: Sendable {
  /// What it contained before the run; ranges are counted from the beginning of the data of all files.
  public let header: SafeTensorsHeader
  /// The journal of an interrupted run, which has to be finished before anything else.
  public let pending: Journal?

  let place: CheckpointPlace
  let files: [LockedFile]
  /// Where each file's data begin.
  let starts: [Int]

  /// The path as given.
  public var path: String { place.path }

  /// Opens and locks a checkpoint, and clears away what killed runs left unfinished; no file of it is changed.
  ///
  /// Where an interrupted run had begun to write a header, the old one is read from the journal.
  /// - Throws: R0450 to R0455 for what cannot be changed in place; R0601 to R0609, R0620 where another process has the lock,
  ///   R0401 to R0423 for a file that breaks the format, R0631 to R0634 for a journal that cannot be used.
  public convenience init(_ path: String) throws(Diagnostic) { try self.init(CheckpointPlace(path)) }

  init(_ place: CheckpointPlace) throws(Diagnostic) {
    self.place = place
    let handles = try place.files.map { (path) throws(Diagnostic) in try LockedFile.open(path) }
    if !place.isSharded, let folder = try Journal.shards(with: place.files[0]) {
      throw Diagnostic(
        .journalPending, "an interrupted in-place run on the file's folder is not finished", at: folder.side.journal,
        hints: Journal.hints(for: folder.path))
    }
    place.side.removeLeftOvers()
    let pending = try Journal.pending(place, handles)
    if pending == nil { unlink(place.side.spool) }
    self.pending = pending
    files = try handles.enumerated().map { (number, handle) throws(Diagnostic) in
      try LockedFile(handle, noted: pending?.contents.files[number].header)
    }
    (header, starts) = try CheckpointFiles.joined(files.map(\.header), place)
  }

  /// Opens a checkpoint that another process changes, to do a part of that.
  init(joining place: CheckpointPlace) throws(Diagnostic) {
    (self.place, pending) = (place, nil)
    files = try place.files.map { (path) throws(Diagnostic) in
      try LockedFile(FileHandle.open(path, for: .updating), noted: nil)
    }
    (header, starts) = try CheckpointFiles.joined(files.map(\.header), place)
  }

  /// Who may do what with the files: those of the first.
  var permissions: mode_t { files[0].handle.status.permissions }

  /// Refuses files whose change another folder would see.
  /// - Throws: R0457.
  func requireSoleNames() throws(Diagnostic) {
    for file in files where file.handle.status.links > 1 {
      let path = FilePath.pasteable(file.handle.path)
      throw Diagnostic(
        .severalNames, "a change in place would reach the file's other names", at: file.handle.path,
        expected: "a file with one name", found: "\(file.handle.status.links) names (hard links)",
        hints: [
          "write a new file or folder: -o", "make a copy first: cp \(path) \(path).new && mv \(path).new \(path)",
        ])
    }
  }

  /// The checkpoint open for reading, under the same lock.
  func reading() throws(Diagnostic) -> CheckpointFiles {
    let shards = try files.map { (file) throws(Diagnostic) in ShardFile.safetensors(try SafeTensorsFile(file.handle)) }
    return CheckpointFiles(place, shards, header, starts)
  }

  /// Writes bytes of a tensor; from any thread.
  ///
  /// - Parameter offset: Where, counted from the beginning of the data, as the entries' ranges are.
  /// - Throws: R0616, R0617; R0425 for a range outside of the data.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Diagnostic) {
    let (file, place) = try file(at: offset, bytes.count)
    try file.handle.write(bytes, at: place)
  }

  /// Reads bytes of a tensor; from any thread.
  ///
  /// - Throws: R0606, R0607; R0425 for a range outside of the data.
  public func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) {
    let (file, place) = try file(at: offset, buffer.count)
    try file.handle.read(into: buffer, at: place)
  }

  /// Forces what was written to the disk.
  ///
  /// - Throws: R0619.
  public func sync() throws(Diagnostic) { for file in files { try file.handle.sync() } }

  /// Whether metadata fits into the place of the header of a single file.
  public func fits(_ metadata: SafeTensorsMetadata) -> Bool { (try? files[0].encoded(metadata)) != nil }

  /// Writes the header of a single file with other metadata, noting it in the journal first: half-written, it can be told.
  ///
  /// - Throws: R0426 where it does not fit; reading's and writing's codes.
  public func replaceMetadata(
    _ metadata: SafeTensorsMetadata, journal: Journal?, sync: Bool = false
  ) throws(Diagnostic) {
    let new = try files[0].encoded(metadata)
    try journal?.note(newHeader: new, mode: permissions, sync: sync)
    try files[0].handle.write(new, at: 0)
  }

  /// The file that a range lies in, and the place in the file.
  private func file(at offset: Int, _ count: Int) throws(Diagnostic) -> (LockedFile, Int) {
    let number = starts.shard(at: offset)
    let (file, place) = (files[number], offset - starts[number])
    guard place >= 0, place <= file.header.dataSize, count <= file.header.dataSize - place else {
      throw Diagnostic(
        .outsideTensor, "a range outside of the data was used", at: path,
        expected: "bytes below \(header.dataSize)", found: "\(count) bytes from \(offset) on")
    }
    return (file, file.header.dataStart + place)
  }
}
