import CGuard
import Diagnostics
import Files
import Formats
import Glibc

/// What is at the path of a new file: nothing, or a file that it takes the place of.
///
/// A file that is replaced is locked against runs in place as long as this object lives.
final class ReplacedFile: Sendable {
  /// The path, links followed where it exists, so that a link keeps pointing at the file that is replaced.
  let path: String
  /// What the system says of the file; nil where there is none.
  let status: FileHandle.Status?
  /// The file; nil where there is none, and where it may not be read.
  private let handle: FileHandle?

  /// - Throws: R0609 to R0611, R0615 where the path must not be replaced; R0620 while a run changes it in place.
  init(_ path: String, source: FileHandle?, force: Bool) throws(Diagnostic) {
    _ = try FilePath(path)
    let reason: Int32
    (status, reason) = FileHandle.status(of: path)
    // What the system does not let be looked at may be a file, or a link to one.
    guard status != nil || [ENOENT, ENOTDIR].contains(reason) else { throw FileFault.creating(path, reason) }
    self.path = status == nil ? path : FilePath.resolved(path)
    if let status { try Self.requireReplaceable(status, path, source, force: force) }
    if !force, try Journal.stands(at: SideFiles(of: self.path)) { throw Self.journalStands(self.path) }
    if status != nil, let folder = try Journal.shards(with: self.path) {
      throw Diagnostic(
        .journalPending, "an interrupted in-place run on the output's folder is not finished", at: folder.side.journal,
        hints: Journal.hints(for: folder.path))
    }
    handle = try status == nil ? nil : Self.opened(path)
    guard handle?.lock(.shared) != EWOULDBLOCK else { throw LockedFile.inUse(path) }
  }

  /// The file for locking it; nil where the user may replace it and not read it.
  private static func opened(_ path: String) throws(Diagnostic) -> FileHandle? {
    do throws(Diagnostic) { return try FileHandle.open(path) } catch {
      guard error.code == .notPermitted else { throw error }
      return nil
    }
  }

  /// Lets runs in place begin on the file again.
  func unlock() { handle?.unlock() }

  private static func requireReplaceable(
    _ existing: FileHandle.Status, _ path: String, _ source: FileHandle?, force: Bool
  ) throws(Diagnostic) {
    if let source, existing.isSame(as: source.status) {
      throw Diagnostic(
        .outputIsInput, "the output is the input", at: path, found: "the same file as \(source.path)",
        hints: ["reinit apply \(FilePath.pasteable(source.path)) --in-place"])
    }
    guard existing.isRegular else {
      throw Diagnostic(
        .cannotCreate, "the output cannot be created", at: path, expected: "a new name or a file",
        found: existing.isFolder ? "a folder" : "a pipe, socket or device")
    }
    guard force else { throw FileFault.creating(path, EEXIST) }
  }

  private static func journalStands(_ path: String) -> Diagnostic {
    Diagnostic(
      .outputExists, "the journal of an interrupted run stands at the output's name", at: Journal.path(for: path),
      hints: ["add --force to remove it", "if its file was moved away: move it back, then reinit recover FILE"])
  }

  /// Gives a file the owner and the attributes of this one; says what cannot be kept.
  func bequeath(to file: FileHandle) -> [String] {
    guard let status else { return [] }
    var lost: [String] = []
    if (status.owner, status.group) != (file.status.owner, file.status.group) {
      if fchown(file.descriptor, status.owner, status.group) != 0 {
        lost.append("its owner \(status.owner):\(status.group) (\(FileFault.text(errno)))")
      }
      // The system takes bits away when the owner changes.
      _ = fchmod(file.descriptor, status.permissions)
    }
    let reason = handle.map { reinit_copy_attributes($0.descriptor, file.descriptor) } ?? EACCES
    if reason != 0 { lost.append("its extended attributes (\(FileFault.text(reason)))") }
    return lost.isEmpty ? [] : ["'\(path)' is replaced by a file without \(lost.joined(separator: " and "))"]
  }
}
