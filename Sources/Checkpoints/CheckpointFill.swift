import Diagnostics
import Initializers
import Reinitialization
import Tensors

/// Produces the values of a receipt's entries for a file, range by range on all threads, and their hashes.
///
/// Works from a receipt and not from a plan, so that a first run, a run finished from a journal, and `verify`
/// are one code.
struct CheckpointFill: Sendable {
  /// One tensor: what fills it, and where it is in the file.
  struct Item: Sendable {
    let seed: UInt64
    let entry: Receipt.Entry
    let draw: Draw
    let target: SafeTensorsHeader.Entry
    let shape: Shape
  }
  let items: [Item]

  /// Finds each entry's tensor in the file.
  /// - Throws: ``Diagnostics/Code/receiptMismatch`` if the file does not have it in that shape and type.
  init(_ entries: [(seed: UInt64, entry: Receipt.Entry)], in header: SafeTensorsHeader) throws(Diagnostic) {
    var items: [Item] = []
    for (seed, entry) in entries {
      guard let draw = entry.draw else { continue }
      let target = try CheckpointFill.target(of: entry, in: header)
      let shape = Shape(target.shape)
      items.append(Item(seed: seed, entry: entry, draw: draw, target: target, shape: shape))
    }
    self.items = items
  }

  static func target(
    of entry: Receipt.Entry, in header: SafeTensorsHeader
  ) throws(Diagnostic) -> SafeTensorsHeader.Entry {
    guard let target = header[entry.fileName] else {
      throw Diagnostic(
        .receiptMismatch, "the receipt speaks of a tensor that the file does not have", at: entry.fileName)
    }
    guard target.shape == entry.shape, target.elementType == entry.dtype else {
      throw Diagnostic(
        .receiptMismatch, "the receipt speaks of another shape or type", at: entry.fileName,
        expected: "\(entry.dtype) \(entry.shape)", found: "\(target.dtype) \(target.shape)")
    }
    return target
  }

  /// Makes every range and gives it to `use` with its offset in the file's data; returns each tensor's hash.
  ///
  /// Whole-tensor methods are prepared one tensor a thread, just before their ranges.
  func run(
    threads: Int,
    _ use: @Sendable (_ item: Int, _ bytes: UnsafeRawBufferPointer, _ offset: Int) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> [ContentHash] {
    let hashes = items.map { Cells<UInt64>(repeating: 0, count: ContentHash.chunks(of: $0.target.range.count)) }
    let whole = items.indices.filter { !items[$0].draw.isElementwise }
    try Workers.run(whole.count, threads: threads) { (index) throws(Diagnostic) in
      let item = whole[index]
      let filling = try filling(of: items[item])
      try withBuffer { (buffer) throws(Diagnostic) in
        for range in ranges(of: [item]) { try write(range, filling, buffer, hashes[range.tensor], use) }
      }
    }
    let elementwise = items.indices.filter { items[$0].draw.isElementwise }
    try fill(ranges(of: elementwise), hashes, threads, use)
    return hashes.map { ContentHash(chunks: $0.array) }
  }

  /// Fails now where a run would fail later for want of a library.
  func requireLibraries() throws(Diagnostic) {
    if items.contains(where: { $0.draw.tolerance != nil }) { try LinearAlgebra.requireLibrary() }
  }

  private func filling(of item: Item) throws(Diagnostic) -> Filling {
    let stream = RandomStream(seed: item.seed, name: item.entry.name)
    return try Filling(item.draw, shape: item.shape, dtype: item.entry.dtype, stream: stream)
  }

  private func ranges(of indices: [Int]) -> [FillRange] {
    FillRange.ranges(indices.map { (items[$0].shape.count, items[$0].entry.dtype.size) }).map {
      FillRange(tensor: indices[$0.tensor], first: $0.first, count: $0.count)
    }
  }

  /// Hands batches of neighboring ranges to threads, so that a buffer and a filling serve several.
  private func fill(
    _ ranges: [FillRange], _ hashes: [Cells<UInt64>], _ threads: Int,
    _ use: @Sendable (Int, UnsafeRawBufferPointer, Int) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let batch = 16
    try Workers.run((ranges.count + batch - 1) / batch, threads: threads) { (index) throws(Diagnostic) in
      try withBuffer { (buffer) throws(Diagnostic) in
        var last: (item: Int, filling: Filling)?
        for range in ranges[index * batch..<min((index + 1) * batch, ranges.count)] {
          if last?.item != range.tensor { last = (range.tensor, try filling(of: items[range.tensor])) }
          if let last { try write(range, last.filling, buffer, hashes[range.tensor], use) }
        }
      }
    }
  }

  private func write(
    _ range: FillRange, _ filling: Filling, _ buffer: UnsafeMutableRawBufferPointer, _ hashes: Cells<UInt64>,
    _ use: @Sendable (Int, UnsafeRawBufferPointer, Int) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let item = items[range.tensor]
    let size = item.entry.dtype.size
    let bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(range.count * size)])
    filling.write(from: range.first, to: bytes)
    hashes[range.first * size / ContentHash.chunk] = ContentHash.hash(chunk: UnsafeRawBufferPointer(bytes))
    try use(range.tensor, UnsafeRawBufferPointer(bytes), item.target.range.lowerBound + range.first * size)
  }

  private func withBuffer(
    _ body: (UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: ContentHash.chunk, alignment: 64)
    defer { buffer.deallocate() }
    try body(buffer)
  }
}
