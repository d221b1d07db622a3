import Diagnostics
import Files
import Formats
import Glibc
import Initializers
import LayerVocabulary
import Tensors

/// What was made for an in-place run before anything is changed: `FILE.reinit-spool`, or `reinit-spool` in
/// the folder of shards.
///
/// What plugins make, and what needs memory for a whole tensor.
///
/// The tensors' bytes one after the other, in the order of the run's items.
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
    guard offsets.contains(where: { $0 != nil }) else { return nil }
    let temporary = try TemporaryFile(beside: checkpoint.place.side.spool, mode: checkpoint.permissions)
    let hashes = try fill.run(threads: options.threads, only: \.isStaged) { (item, bytes, offset) throws(Diagnostic) in
      guard let start = offsets[item] else { return }
      try temporary.handle.write(bytes, at: start + offset)
    }
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
      defer { size += item.target.range.count }
      return size
    }
    return (offsets, size)
  }
}
