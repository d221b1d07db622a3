import Diagnostics
import Files
import Glibc
import Reinitialization

/// An in-place run that was given up, and what is known of its file.
public struct AbandonedRun: Sendable {
  /// What the file is now.
  public enum State: Sendable {
    /// The tensors that the run was to fill have old values, new ones, or some of each.
    case mixed
    /// The journal was another file's: nothing has touched this one.
    case untouched
    /// The journal could not be read: any tensor may be part old and part new.
    case unknown
  }
  /// What the file is now.
  public let state: State
  /// The tensors that the run was to fill, as the file calls them; none where that is not known.
  public let tensors: [String]
}

extension Checkpoint {
  /// Finishes an interrupted in-place run; returns its receipt, or nil where there was none.
  /// - Throws: as ``applyInPlace(_:options:)``; before a byte is changed, all that is wrong with the journal.
  @discardableResult
  public static func finishInPlace(_ path: String, options: ApplyOptions = ApplyOptions()) throws(Diagnostic)
    -> Receipt?
  {
    let place = try CheckpointPlace(path)
    guard try Journal.pending(for: path) != nil else {
      clear(place)
      return nil
    }
    let checkpoint = try InPlaceCheckpoint(place)
    guard let journal = checkpoint.pending else { return nil }
    return try InPlaceRun(journal.payload).finish(on: checkpoint, journal, options: options)
  }

  /// Gives an interrupted in-place run up: removes its journal and what it had made; nil where there was none.
  ///
  /// A header that is half old and half new becomes the old one; no other byte of the file is changed.
  /// - Throws: R0601 to R0609 where the file cannot be opened, R0620 while it is in use, R0633 where the system does
  ///   not let the journal be read, which may be the only place that has the old header, R0617 where the header
  ///   cannot be written or the journal not be removed. Journal and file then are as they were.
  public static func abandonInPlace(_ path: String, sync: Bool = false) throws(Diagnostic) -> AbandonedRun? {
    let place = try CheckpointPlace(path)
    let handles = try place.files.map { (path) throws(Diagnostic) in try LockedFile.open(path) }
    place.side.removeLeftOvers()
    guard try Journal.stands(at: place.side) else {
      unlink(place.side.spool)
      return nil
    }
    let run = try abandoned(place, handles)
    try Journal.remove(at: place.side, sync: sync)
    return run
  }

  /// Removes what killed runs have left beside a checkpoint without a journal, where it may be locked.
  private static func clear(_ place: CheckpointPlace) {
    let handles = place.files.compactMap { try? LockedFile.open($0) }
    guard handles.count == place.files.count, (try? Journal.stands(at: place.side)) == false else { return }
    place.side.removeLeftOvers()
    unlink(place.side.spool)
  }

  private static func abandoned(
    _ place: CheckpointPlace, _ handles: [FileHandle]
  ) throws(Diagnostic) -> AbandonedRun {
    let journal: Journal?
    do throws(Diagnostic) { journal = try Journal.pending(place, handles) } catch {
      switch error.code {
      case .journalForeign: return AbandonedRun(state: .untouched, tensors: [])
      case .journalCorrupt, .journalVersion: return AbandonedRun(state: .unknown, tensors: [])
      default: throw error
      }
    }
    try journal?.restoreHeaders(of: handles)
    guard let run = try? journal.map({ (journal) throws(Diagnostic) in try InPlaceRun(journal.payload) }) else {
      return AbandonedRun(state: .unknown, tensors: [])
    }
    return AbandonedRun(state: .mixed, tensors: run.receipt.entries.map(\.entry.fileName))
  }
}
