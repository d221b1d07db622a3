import Diagnostics
import Files
import Formats
import Glibc
import JSONText
import Reinitialization
import Tensors

/// An in-place run as its journal holds it: what to fill, which is all that is needed to do it again.
struct InPlaceRun {
  let receipt: Receipt
  let older: Receipt?
  /// The size of the spool that the run reads; nil if it has none.
  private var spoolSize: Int?

  init(receipt: Receipt, older: Receipt?) {
    self.receipt = receipt
    self.older = older
  }

  /// A run from a journal's payload.
  init(_ payload: JSONValue) throws(Diagnostic) {
    receipt = try Receipt(json: payload["receipt"] ?? .null)
    older = try payload["older"].map { (json) throws(Diagnostic) in try Receipt(json: json) }
    spoolSize = payload["spool"]?.int
  }

  private var payload: JSONValue {
    var object: JSONObject = ["receipt": receipt.json]
    if let older { object.append("older", older.json) }
    if let spoolSize { object.append("spool", .integer(Int64(spoolSize))) }
    return .object(object)
  }

  /// Starts the run: everything that can be known to fail has been tried before the journal exists.
  ///
  /// What plugins make is made then, into a spool: whoever finishes the run needs no plugin, and cannot fail for one.
  func begin(on file: InPlaceFile, options: ApplyOptions) throws(Diagnostic) -> Receipt {
    let fill = try CheckpointFill(receipt.entries, in: file.header)
    try fill.requireLibraries()
    let spool = try Spool.make(for: file.path, of: fill, options: options)
    var run = self
    run.spoolSize = spool?.size
    let journal = try Journal.begin(file, payload: run.payload, sync: options.sync)
    return try carryOut(fill.reading(spool), on: file, journal, options)
  }

  /// Does an interrupted run again, from the start: filling writes the same bits however often it is done.
  func finish(on file: InPlaceFile, _ journal: Journal, options: ApplyOptions) throws(Diagnostic) -> Receipt {
    let fill = try CheckpointFill(receipt.entries, in: file.header)
    let spool = try spoolSize.map { (size) throws(Diagnostic) in
      try Spool(opening: file.path, size: size, of: fill)
    }
    return try carryOut(fill.reading(spool), on: file, journal, options)
  }

  private func carryOut(
    _ fill: CheckpointFill, on file: InPlaceFile, _ journal: Journal, _ options: ApplyOptions
  ) throws(Diagnostic) -> Receipt {
    let hashes = try fill.run(threads: options.threads) { (_, bytes, offset) throws(Diagnostic) in
      try file.write(bytes, at: offset)
      options.progress(bytes.count)
    }
    let final = receipt.hashed(hashes).following(older)
    try put(final, on: file, journal, options)
    if options.sync { try file.sync() }
    try journal.finish(sync: options.sync)
    Spool.remove(for: file.path)
    return final
  }

  /// Writes the receipt into the metadata, or beside the file where the header has no room.
  private func put(
    _ receipt: Receipt, on file: InPlaceFile, _ journal: Journal, _ options: ApplyOptions
  ) throws(Diagnostic) {
    let metadata = CheckpointReceipt.metadata(of: file.header, with: receipt)
    if file.fits(metadata) {
      try file.replaceMetadata(metadata, journal: journal, sync: options.sync)
      CheckpointReceipt.removeSidecar(of: file.path)
    } else {
      let sidecar = CheckpointReceipt.sidecar(of: file.path)
      try SmallFile.write(receipt.json.indented, to: sidecar, sync: options.sync)
      // An older receipt in the metadata would speak where this one is lost.
      guard file.header.metadata[CheckpointReceipt.key] != nil else { return }
      let rest = CheckpointReceipt.metadataWithout(file.header)
      try file.replaceMetadata(rest, journal: journal, sync: options.sync)
    }
  }
}
