import Diagnostics
import Files
import Formats
import Glibc
import Initializers
import JSONText
import LayerVocabulary
import Reinitialization

extension Checkpoint {
  /// The receipt beside a checkpoint; nil where there is none, and a receipt is in the metadata.
  /// - Throws: R0605 and others of opening where the system does not say.
  public static func sidecarPath(of path: String) throws(Diagnostic) -> String? {
    let sidecar = try CheckpointPlace(path).side.receipt
    if access(sidecar, F_OK) == 0 { return sidecar }
    let reason = errno
    guard [ENOENT, ENOTDIR, ENAMETOOLONG].contains(reason) else { throw FileFault.opening(sidecar, reason) }
    return nil
  }
}

/// Where a receipt is kept: in the metadata of a single file, or beside it where the header has no room; beside shards.
enum CheckpointReceipt {
  /// The metadata's key.
  static let key = "reinit.receipt"
  /// The largest receipt that is read: of as many tensors as a header can hold.
  static let sizeLimit = 1_000_000_000

  /// The receipt of a checkpoint; nil if it has none.
  ///
  /// The one beside it counts if it speaks of it: if one of the tensors that it names has the bytes
  /// that it says. Whoever replaces a checkpoint by another leaves the old one's receipt beside it.
  static func read(_ files: CheckpointFiles) throws(Diagnostic) -> Receipt? {
    let side = files.place.side.receipt
    if let text = try SmallFile.text(at: side, limit: sizeLimit) {
      let receipt = try parse(text, at: side)
      if try belongs(receipt, to: files) { return receipt }
    }
    var runs: [Receipt.Run] = []
    for shard in files.shards {
      guard let text = shard.header.metadata[key] else { continue }
      runs += try parse(text, at: shard.path).runs
    }
    return runs.isEmpty ? nil : Receipt(runs: runs)
  }

  private static func belongs(_ receipt: Receipt, to file: CheckpointFiles) throws(Diagnostic) -> Bool {
    // Constants are the same in many files; they tell something only where there is nothing else.
    let all = receipt.entries.map(\.entry)
    let telling = all.filter { $0.draw?.method != .constant }
    for entry in telling.isEmpty ? all : telling {
      guard let target = file.header[entry.fileName], target.range.count > 0 else { continue }
      if let hash = entry.hash, try file.hash(of: entry, target) == hash { return true }
    }
    return false
  }

  /// Writes the receipt beside a checkpoint, replacing one that is there.
  /// - Throws: writing's codes.
  static func writeSidecar(_ receipt: Receipt, at path: String, sync: Bool) throws(Diagnostic) {
    try SmallFile.write(text(receipt), to: path, sync: sync)
  }

  /// A receipt as it stands beside a file: for people, unless it is so large that nobody reads it.
  static func text(_ receipt: Receipt) -> String {
    receipt.entries.count > 10_000 ? receipt.json.compact : receipt.json.indented
  }

  /// Removes the receipt beside a file that has just been written with one of its own; another's file stays.
  static func removeSidecar(at name: String) {
    guard let text = try? SmallFile.text(at: name, limit: sizeLimit), (try? parse(text, at: name)) != nil else {
      return
    }
    unlink(name)
  }

  private static func parse(_ text: String, at place: String) throws(Diagnostic) -> Receipt {
    do { return try Receipt(json: JSONValue(parsing: text)) } catch {
      throw Diagnostic(
        .receiptUnreadable, error.message, at: place, expected: error.expected, found: error.found)
    }
  }

  /// The header's metadata without a receipt.
  static func metadataWithout(_ header: SafeTensorsHeader) -> SafeTensorsMetadata {
    var metadata = header.metadata
    metadata[key] = nil
    return metadata
  }

  /// The header's metadata with a receipt in it.
  static func metadata(of header: SafeTensorsHeader, with receipt: Receipt) -> SafeTensorsMetadata {
    var metadata = header.metadata
    metadata[key] = receipt.json.compact
    return metadata
  }
}
