import Diagnostics
import Files
import Formats
import Glibc
import Initializers
import LayerVocabulary
import Reinitialization
import Tensors

/// What was made for an in-place run before anything is changed: `FILE.reinit-spool`, or `reinit-spool` in
/// the folder of shards.
///
/// What plugins make, and what needs memory for a whole tensor.
///
/// The tensors' bytes one after the other, in the order of the run's items; then the masks of items that have some, which
/// decide where the run writes.
final class Spool: Sendable {
  /// The number of bytes.
  let size: Int
  /// The hash of each item's bytes, as it was made; of no meaning for items that are not here.
  let hashes: [ContentHash]
  private let offsets: [Int?]
  private let handle: FileHandle

  private init(_ handle: FileHandle, _ offsets: [Int?], size: Int, hashes: [ContentHash]) {
    self.handle = handle
    self.offsets = offsets
    self.size = size
    self.hashes = hashes
  }

  /// Where an item's bytes begin; nil if they are not here.
  func offset(of item: Int) -> Int? { offsets[item] }

  /// Where the spool is.
  var path: String { handle.path }

  /// Reads bytes; from any thread.
  func read(into buffer: UnsafeMutableRawBufferPointer, at offset: Int) throws(Diagnostic) {
    try handle.read(into: buffer, at: offset)
  }

  /// Makes the values that have to be made before; nil where there are none.
  /// - Throws: what a plugin says; ``Diagnostics/ErrorCode/outOfMemory``; writing's codes. Nothing is left behind.
  static func make(
    for checkpoint: InPlaceCheckpoint, of fill: CheckpointFill, options: ApplyOptions
  ) throws(Diagnostic) -> Spool? {
    let (offsets, size) = layout(of: fill)
    guard size > 0 else { return nil }
    let temporary = try TemporaryFile(beside: checkpoint.place.side.spool, mode: checkpoint.permissions)
    let hashes = try fill.run(threads: options.threads, only: \.isStaged) { (item, bytes, offset) throws(Diagnostic) in
      guard let start = offsets[item] else { return }
      try temporary.handle.write(bytes, at: start + offset)
    }
    try writeMasks(of: fill, to: temporary.handle)
    try fill.validateSources()
    try temporary.publish(replacing: true, sync: options.sync)
    return Spool(temporary.handle, offsets, size: size, hashes: hashes)
  }

  /// The spool of an interrupted run.
  /// - Throws: ``Diagnostics/ErrorCode/journalCorrupt`` if it is not there, or not as large as the journal says.
  init(opening path: String, size: Int, of fill: CheckpointFill) throws(Diagnostic) {
    hashes = []
    (offsets, self.size) = Spool.layout(of: fill)
    let handle = try? FileHandle.open(path)
    guard let handle, handle.status.size == size, self.size == size else {
      throw Diagnostic(
        .journalCorrupt, "the values that the interrupted run had made are not there", at: path,
        expected: "a file of \(size) bytes", found: handle.map { "\($0.status.size) bytes" } ?? "no such file")
    }
    self.handle = handle
  }

  private static func layout(of fill: CheckpointFill) -> (offsets: [Int?], size: Int) {
    var size = 0
    let offsets = fill.items.map { item -> Int? in
      guard item.isStaged else { return nil }
      defer { size += item.byteCount }
      return size
    }
    return (offsets, size + fill.items.reduce(0) { $0 + ($1.entry.region?.masks.count ?? 0) * $1.shape.count })
  }

  /// Where the masks begin.
  private static func masks(of fill: CheckpointFill) -> Int {
    fill.items.reduce(0) { $0 + ($1.isStaged ? $1.byteCount : 0) }
  }

  private static func writeMasks(of fill: CheckpointFill, to handle: FileHandle) throws(Diagnostic) {
    var place = masks(of: fill)
    for item in fill.items {
      for mask in item.entry.region?.masks ?? [] {
        try mask.values?.withBytes { (bytes) throws(Diagnostic) in try handle.write(bytes, at: place) }
        place += item.shape.count
      }
    }
  }

  /// The fill with the masks that are here.
  func masking(_ fill: CheckpointFill) throws(Diagnostic) -> CheckpointFill {
    var place = Spool.masks(of: fill)
    return try fill.masked { (mask, item) throws(Diagnostic) in
      var (mask, tensor) = (mask, try Tensor(allocating: item.shape, dtype: .u8))
      try tensor.withMutableBytes { (bytes) throws(Diagnostic) in try read(into: bytes, at: place) }
      place += item.shape.count
      mask.values = tensor
      return mask
    }
  }
}
