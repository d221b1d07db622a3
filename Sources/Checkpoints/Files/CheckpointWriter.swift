import CGuard
import Diagnostics
import Files
import Formats
import Glibc

/// Writes a new safetensors file: under a temporary name, then moved to its own when it is complete.
///
/// Bytes may be written and copied from any thread, in any order. The file goes away unless it is committed.
public final class CheckpointWriter: Sendable {
  /// The path that the finished file gets.
  public let path: String
  /// What the file contains.
  public let header: SafeTensorsHeader
  /// The header's bytes in the file, the room behind it included.
  public let headerLength: Int

  /// What of the file that is replaced could not be kept.
  public let warnings: [String]

  private let file: TemporaryFile
  private let replaced: ReplacedFile
  private let force: Bool

  /// Creates the temporary file beside the path, at its full size, and writes the header.
  ///
  /// What earlier runs that were killed have left unfinished under this name goes away.
  /// - Parameters:
  ///   - room: Spaces behind the header, so that later runs in place can add metadata.
  ///   - source: The file that is read: a file of a new name gets its permissions, and it must not be the output.
  ///   - force: Whether an existing file is replaced; its owner, permissions and attributes are kept.
  /// - Throws: R0609 to R0616, R0620 while a run changes the existing file in place, R0402; nothing is left behind.
  public convenience init(
    _ path: String, header: SafeTensorsHeader, room: Int = 0, like source: SafeTensorsFile? = nil,
    force: Bool = false
  ) throws(Diagnostic) {
    try self.init(path, header: header, room: room, beside: source?.handle, force: force)
  }

  init(
    _ path: String, header: SafeTensorsHeader, room: Int, beside source: FileHandle?, force: Bool = false
  ) throws(Diagnostic) {
    let replaced = try ReplacedFile(path, source: source, force: force)
    let front = try header.encoded(room: room)
    let (size, overflows) = front.count.addingReportingOverflow(header.dataSize)
    guard !overflows else { throw FileFault.writing(path, EFBIG) }
    self.path = path
    self.header = header
    self.replaced = replaced
    self.force = force
    headerLength = front.count - 8
    SideFiles(of: replaced.path).removeLeftOvers()
    file = try TemporaryFile(
      beside: replaced.path, mode: (replaced.status ?? source?.status)?.permissions)
    warnings = replaced.bequeath(to: file.handle)
    try NewFile.reserve(size, in: file.handle)
    try file.handle.write(front, at: 0)
  }

  /// Where the data begin in the file.
  public var dataStart: Int { 8 + headerLength }

  /// Writes bytes of the data.
  ///
  /// - Parameter offset: Where, counted from the beginning of the data, as the entries' ranges are.
  /// - Throws: R0616 where no space is left, R0617 where the system fails, R0425 and R0621 for misuse.
  public func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(Diagnostic) {
    try file.requireOpen()
    try data.write(bytes, at: offset)
  }

  /// The data, for whoever writes them; to be left alone after a commit.
  var data: DataFile { DataFile(handle: file.handle, start: dataStart, size: header.dataSize) }

  /// Where the unfinished file is.
  var unfinishedPath: String { file.path }

  /// Copies a range of another file's data to the same range of this one's, within the system.
  ///
  /// - Throws: As ``write(_:at:)``, and R0606 or R0607 where the source cannot be read or became shorter.
  public func copy(_ range: Range<Int>, from source: SafeTensorsFile) throws(Diagnostic) {
    try file.requireOpen()
    try data.copy(
      source.header.dataStart + range.lowerBound, of: source.handle, count: range.count, to: range.lowerBound)
  }

  /// Copies all data of another file of the same layout, but for the ranges that will be written.
  ///
  /// - Throws: As ``copy(_:from:)``.
  public func copy(allBut changed: [Range<Int>], from source: SafeTensorsFile) throws(Diagnostic) {
    let changed = changed.sorted { $0.lowerBound < $1.lowerBound }
    for range in source.header.gaps(between: changed) { try copy(range, from: source) }
  }

  /// Replaces the metadata in the header that is already written.
  ///
  /// - Throws: R0426 where it does not fit into the header and the room behind it.
  public func replaceMetadata(_ metadata: SafeTensorsMetadata) throws(Diagnostic) {
    try file.requireOpen()
    var header = header
    header.metadata = metadata
    try file.handle.write(header.encoded(headerLength: headerLength), at: 0)
  }

  /// Gives the file its name, and removes what an interrupted run on a file of that name has left beside it.
  ///
  /// - Parameter sync: Whether to wait until file and folder are on the disk.
  /// - Throws: R0610 where another file has taken the name meanwhile, R0618, R0619; nothing is left behind.
  public func commit(sync: Bool = false) throws(Diagnostic) {
    try file.publish(replacing: force, sync: sync)
    // Still locked, so that no run has begun in place on the new file.
    try Journal.remove(at: SideFiles(of: replaced.path), sync: sync)
    file.handle.unlock()
    replaced.unlock()
  }

  /// Removes the unfinished file; without effect after a commit.
  public func abort() { file.discard() }
}
