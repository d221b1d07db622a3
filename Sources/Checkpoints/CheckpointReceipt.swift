import Diagnostics
import Glibc
import JSONText
import Reinitialization

/// Where a file's receipt is kept: in its metadata, or beside it where the header has no room.
enum CheckpointReceipt {
  /// The metadata's key.
  static let key = "reinit.receipt"

  /// The file beside a checkpoint.
  static func sidecar(of path: String) -> String { path + ".receipt.json" }

  /// The receipt of a file; nil if it has none.
  ///
  /// The one beside the file counts if there is one: it is written only where the metadata had no room.
  static func read(_ path: String, _ header: SafeTensorsHeader) throws(Diagnostic) -> Receipt? {
    if let text = try SmallFile.text(at: sidecar(of: path)) { return try parse(text, at: sidecar(of: path)) }
    return try header.metadata[key].map { (text) throws(Diagnostic) in try parse(text, at: path) }
  }

  private static func parse(_ text: String, at place: String) throws(Diagnostic) -> Receipt {
    do { return try Receipt(json: JSONValue(parsing: text)) } catch {
      throw Diagnostic(
        .receiptMismatch, "the receipt cannot be read: \(error.message)", at: place, expected: error.expected,
        found: error.found)
    }
  }

  /// The header's metadata with a receipt in it.
  static func metadata(of header: SafeTensorsHeader, with receipt: Receipt) -> SafeTensorsMetadata {
    var metadata = header.metadata
    metadata[key] = receipt.json.compact
    return metadata
  }
}
