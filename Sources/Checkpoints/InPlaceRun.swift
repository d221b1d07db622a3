import CGuard
import Diagnostics
import Files
import Formats
import Glibc
import JSONText
import Reinitialization
import Tensors

/// An in-place run as its journal holds it: what to fill, which is all that is needed to do it again.
struct InPlaceRun {
  private(set) var receipt: Receipt
  let older: Receipt?
  /// The size of the spool that the run reads; nil if it has none.
  private var spoolSize: Int?

  init(receipt: Receipt, older: Receipt?) {
    self.receipt = receipt
    self.older = older
  }

  /// A run from a journal's payload.
  /// - Throws: ``Diagnostics/ErrorCode/receiptUnreadable``; ``Diagnostics/ErrorCode/receiptMismatch`` for more than one run, or
  ///   a tensor without the way it is made.
  init(_ payload: JSONValue) throws(Diagnostic) {
    receipt = try Receipt(json: payload["receipt"] ?? .null)
    guard receipt.runs.count == 1, receipt.runs[0].tensors.allSatisfy({ $0.draw != nil }) else {
      throw Diagnostic(
        .receiptMismatch, "the journal's receipt is not of a run in place",
        expected: "one run, with the method of each tensor", found: "\(receipt.runs.count) runs")
    }
    older = try payload["older"].map { (json) throws(Diagnostic) in try Receipt(json: json) }
    spoolSize = payload["spool"]?.int
  }

  var payload: JSONValue {
    var object: JSONObject = ["receipt": receipt.json]
    if let older { object.append("older", older.json) }
    if let spoolSize { object.append("spool", .integer(Int64(spoolSize))) }
    return .object(object)
  }

  /// Starts the run: everything that can be known to fail has been tried before the journal exists.
  ///
  /// What plugins make, and what needs a whole tensor, is made then, into a spool: whoever finishes the run needs no
  /// plugin, no library and no memory, and cannot fail for one.
  func begin(on file: InPlaceCheckpoint, options: ApplyOptions) throws(Diagnostic) -> Work {
    let fill = try CheckpointFill(receipt.entries, in: file.header).reading(from: file.reading())
      .prepared(for: options.threads)
    let (run, spool, journal) = try sourced(as: fill).written(for: fill, beside: file, options)
    return Work(run: run, fill: try fill.reading(spool), checkpoint: file, journal: journal)
  }

  /// All that is needed to carry a run out.
  struct Work {
    let run: InPlaceRun
    let fill: CheckpointFill
    let checkpoint: InPlaceCheckpoint
    /// Nil in a process that did not begin the run.
    let journal: Journal?
  }

  /// The work of a run that another process has begun, and whose lock holds for all.
  func joined(on place: CheckpointPlace, _ options: ApplyOptions) throws(Diagnostic) -> Work {
    let checkpoint = try InPlaceCheckpoint(joining: place)
    let fill = try CheckpointFill(receipt.entries, in: checkpoint.header)
    let spool = try spoolSize.map { (size) throws(Diagnostic) in
      try Spool(opening: place.side.spool, size: size, of: fill)
    }
    return Work(
      run: self, fill: try fill.reading(spool).prepared(for: options.threads), checkpoint: checkpoint, journal: nil)
  }

  /// The same with the hashes of what its values are made of.
  private func sourced(as fill: CheckpointFill) -> InPlaceRun {
    var run = self
    run.receipt = receipt.sourced(as: fill)
    return run
  }

  /// Writes spool and journal, or neither.
  private func written(
    for fill: CheckpointFill, beside file: InPlaceCheckpoint, _ options: ApplyOptions
  ) throws(Diagnostic) -> (InPlaceRun, Spool?, Journal) {
    do throws(Diagnostic) {
      let spool = try Spool.make(for: file, of: fill, options: options)
      var run = self
      run.spoolSize = spool?.size
      run.receipt = receipt.hashed(spool?.hashes ?? [])
      let journal = try Journal.begin(
        file, changing: fill.wholeRanges, parts: fill.items.flatMap(\.parts), payload: run.payload, sync: options.sync)
      return (run, spool, journal)
    } catch {
      // Both may have their names already, where only forcing these to the disk has failed. A journal that cannot be
      // removed keeps its spool.
      try? Journal.remove(at: file.place.side)
      throw StandingJournal.told(error, of: file.place)
    }
  }

  /// Does an interrupted run again, from the start: filling writes the same bits however often it is done.
  ///
  /// All that the journal says is held against the file before a byte of that is changed.
  func finish(on file: InPlaceCheckpoint, _ journal: Journal, options: ApplyOptions) throws(Diagnostic) -> Receipt {
    var fill = try CheckpointFill(receipt.entries, in: file.header)
    try fill.validateCombination()
    let spool = try spoolSize.map { (size) throws(Diagnostic) in
      try Spool(opening: file.place.side.spool, size: size, of: fill)
    }
    fill = try fill.reading(spool).prepared(for: options.threads)
    try fill.requireMasks()
    try fill.requireRecordedSpool(threads: options.threads)
    for sample in try journal.written(in: file) where try !fill.makes(sample, in: file) {
      throw journal.foreign(to: file.files.map(\.handle))
    }
    try journal.restoreHeaders(of: file.files.map(\.handle))
    return try carryOut(fill, on: file, journal, options)
  }

  func carryOut(
    _ fill: CheckpointFill, on file: InPlaceCheckpoint, _ journal: Journal?, _ options: ApplyOptions
  ) throws(Diagnostic) -> Receipt {
    let notice = StandingJournal(of: file.place)
    defer { notice.isOver() }
    do {
      let hashes = try fill.run(threads: options.threads) { (item, bytes, offset) throws(Diagnostic) in
        try fill.items[item].write(bytes, at: offset, file.read, file.write)
        options.progress(bytes.count)
      }
      let final = receipt.hashed(hashes).following(older)
      if journal == nil, options.sync { try file.sync() }
      try options.team.together { () throws(Diagnostic) in }
      try options.team.together { () throws(Diagnostic) in
        guard let journal else { return }
        try put(final, on: file, journal, options)
        if options.sync { try file.sync() }
        try journal.finish(sync: options.sync)
      }
      return final
    } catch {
      throw StandingJournal.told(error, of: file.place)
    }
  }

  /// Writes the receipt into the metadata of a single file, or beside it where the header has no room; beside shards.
  private func put(
    _ receipt: Receipt, on file: InPlaceCheckpoint, _ journal: Journal, _ options: ApplyOptions
  ) throws(Diagnostic) {
    guard !file.place.isSharded else {
      return try CheckpointReceipt.writeSidecar(receipt, at: file.place.side.receipt, sync: options.sync)
    }
    let metadata = CheckpointReceipt.metadata(of: file.header, with: receipt)
    if file.fits(metadata) {
      try file.replaceMetadata(metadata, journal: journal, sync: options.sync)
      CheckpointReceipt.removeSidecar(at: file.place.side.receipt)
    } else {
      try CheckpointReceipt.writeSidecar(receipt, at: file.place.side.receipt, sync: options.sync)
      // An older receipt in the metadata would speak where this one is lost.
      guard file.header.metadata[CheckpointReceipt.key] != nil else { return }
      let rest = CheckpointReceipt.metadataWithout(file.header)
      try file.replaceMetadata(rest, journal: journal, sync: options.sync)
    }
  }
}

/// What is said of journals where the process ends while a run is at work.
public enum StandingNotices {
  /// Writes a line for each such run; safe in a signal handler, after which the process has to end.
  public static func writeFromSignalHandler(to descriptor: Int32) { reinit_notice_write_all(descriptor) }
}

/// What is said where a run ends while its journal stands: in one line, by an error or by a signal's handler.
struct StandingJournal {
  private let path: String
  private let slot: Int32

  init(of place: CheckpointPlace) {
    path = place.name
    slot = reinit_notice_add("\(StandingJournal.note(path)); to finish the run: \(StandingJournal.command(path))\n")
  }

  private static func note(_ path: String) -> String {
    "'\(path)' is part old and part new, and its journal stands"
  }

  private static func command(_ path: String) -> String { "reinit recover \(FilePath.pasteable(path))" }

  /// An error with that line, where the journal stands.
  static func told(_ error: Diagnostic, of place: CheckpointPlace) -> Diagnostic {
    var error = error
    // One that cannot be seen is told of, too.
    guard (try? Journal.stands(at: place.side)) ?? true else { return error }
    error.notes.append(note(place.name))
    return error.hinting("when the cause is gone, finish the run: \(command(place.name))")
  }

  /// From now on nothing is said.
  func isOver() { reinit_notice_remove(slot) }
}
