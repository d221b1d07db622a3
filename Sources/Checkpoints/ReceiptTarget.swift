import Diagnostics
import Files
import Formats
import Reinitialization

/// Where the receipt of a new file goes: into its header, or beside it where a header must not be so long.
struct ReceiptTarget {
  /// The new file's header, with a receipt of the final length in it if it goes there.
  let header: SafeTensorsHeader
  private let side: String
  private let isInHeader: Bool

  /// A receipt of shards, which stands beside them.
  init(beside path: String, _ header: SafeTensorsHeader) { (side, self.header, isInHeader) = (path, header, false) }

  /// Decides before anything is written.
  /// - Parameters:
  ///   - receipt: as long as the final one is.
  ///   - limit: the longest header that the format allows.
  init(_ receipt: Receipt?, for header: SafeTensorsHeader, at path: String, limit: Int) throws(Diagnostic) {
    side = SideFiles(of: path).receipt
    // The shortest entry of a receipt has some hundred bytes: of as many there is nothing to try.
    if let receipt, receipt.entries.count < limit / 100 {
      var longer = header
      longer.metadata = CheckpointReceipt.metadata(of: header, with: receipt)
      if longer.encodedLength(room: Checkpoint.room) <= limit {
        (self.header, isInHeader) = (longer, true)
        return
      }
    }
    var shorter = header
    shorter.metadata = CheckpointReceipt.metadataWithout(header)
    (self.header, isInHeader) = (shorter, false)
  }

  /// Gives a file its name, with its receipt.
  /// - Throws: writing's codes.
  func commit(_ receipt: Receipt?, with writer: CheckpointWriter, sync: Bool) throws(Diagnostic) {
    guard let receipt, !isInHeader else {
      if let receipt { try writer.replaceMetadata(CheckpointReceipt.metadata(of: header, with: receipt)) }
      try writer.commit(sync: sync)
      return CheckpointReceipt.removeSidecar(at: side)
    }
    // Complete before the file has its name, so that a full disk is found out before.
    let sidecar = try TemporaryFile(beside: side)
    try sidecar.handle.write(Array(CheckpointReceipt.text(receipt).utf8), at: 0)
    try writer.commit(sync: sync)
    try sidecar.publish(replacing: true, sync: sync)
  }

  /// Writes the receipt of shards.
  func write(_ receipt: Receipt, sync: Bool) throws(Diagnostic) {
    try SmallFile.write(CheckpointReceipt.text(receipt), to: side, sync: sync)
  }
}
