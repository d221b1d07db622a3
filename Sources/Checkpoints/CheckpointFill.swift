import Diagnostics
import Files
import Formats
import Initializers
import LayerVocabulary
import LinearAlgebra
import Reinitialization
import Tensors

/// Produces the values of a receipt's entries for a file, range by range on all threads, and their hashes.
///
/// Works from a receipt and not from a plan, so that a first run, a run finished from a journal, and `verify`
/// are one code.
struct CheckpointFill: Sendable {
  private(set) var items: [Item]
  /// Chunks that are made before they are written at once: file systems take a longer piece in less time.
  private static let chunks = 4
  /// The values of items that were made before; nil where none were.
  private var spool: Spool?
  /// What of items is known before their ranges are made, by item.
  private var patterns: [Int: Filling] = [:]
  /// Memory that was there before a file is changed.
  private var buffers: BufferPool?
  /// Whether plugins are asked for other ranges than in a run.
  private var cutsOtherwise = false
  /// The processes that share the work.
  private var team: any Team = Alone()

  /// Finds each entry's tensor in the file.
  /// - Throws: ``Diagnostics/ErrorCode/receiptMismatch`` if the file does not have it in that shape and type.
  init(_ entries: [(seed: UInt64, entry: Receipt.Entry)], in header: SafeTensorsHeader) throws(Diagnostic) {
    var items: [Item] = []
    for (seed, entry) in entries {
      guard let draw = entry.draw else { continue }
      let target = try CheckpointFill.target(of: entry, in: header)
      let shape = Shape(target.shape)
      let copies = try entry.copies.map { (name) throws(Diagnostic) in
        try CheckpointFill.target(of: entry, called: name, in: header)
      }
      items.append(
        try Item(seed: seed, entry: entry, draw: draw, target: target, copies: copies, shape: shape))
    }
    self.items = items.inWaves
  }

  static func target(
    of entry: Receipt.Entry, called name: String? = nil, in header: SafeTensorsHeader
  ) throws(Diagnostic) -> SafeTensorsHeader.Entry {
    let name = name ?? entry.fileName
    guard let target = header[name] else {
      throw Diagnostic(.receiptMismatch, "the receipt speaks of a tensor that the file does not have", at: name)
    }
    guard target.shape == entry.shape, target.elementType == entry.dtype else {
      throw Diagnostic(
        .receiptMismatch, "the receipt speaks of another shape or type", at: name,
        expected: "\(entry.dtype) \(entry.shape)", found: "\(target.dtype) \(target.shape)")
    }
    return target
  }

  /// The same with plugins' code in draws that were read from a receipt.
  /// - Throws: ``Diagnostics/ErrorCode/pluginMissing``, and what the resolver says.
  func resolved(by resolver: ForeignResolver?) throws(Diagnostic) -> CheckpointFill {
    var copy = self
    for (index, item) in items.enumerated() {
      guard let foreign = item.draw.foreign, foreign.filler == nil else { continue }
      guard let resolver else { throw Diagnostic.pluginMissing(foreign.name, item.draw.plugin) }
      copy.items[index].draw.foreign?.filler = try resolver(foreign, item.draw.plugin)
    }
    return copy
  }

  /// The same with other draws of what reads.
  func mapDraws(_ transform: (Item) throws(Diagnostic) -> Draw) throws(Diagnostic) -> CheckpointFill {
    var copy = self
    for (index, item) in items.enumerated() where item.draw.reads { copy.items[index].draw = try transform(item) }
    return copy
  }

  /// The same with the values of masks.
  /// - Throws: what the closure throws; ``Diagnostics/ErrorCode/partMask`` for one of another shape.
  func masked(_ values: (RegionMask, Item) throws(Diagnostic) -> RegionMask) throws(Diagnostic) -> CheckpointFill {
    var copy = self
    for (index, item) in items.enumerated() where item.entry.region?.masks.isEmpty == false {
      copy.items[index] = try item.masked { (mask) throws(Diagnostic) in try values(mask, item) }
    }
    return copy
  }

  /// The same with some items' values, and masks, read back from a spool.
  func reading(_ spool: Spool?) throws(Diagnostic) -> CheckpointFill {
    var copy = self
    copy.spool = spool
    return try spool?.masking(copy) ?? copy
  }

  /// The same, of which each process of a team makes its share.
  func shared(by team: any Team) -> CheckpointFill {
    var copy = self
    copy.team = team
    return copy
  }

  /// The same with plugins asked for other ranges than in a run: who depends on them comes to other values.
  func cuttingOtherwise() -> CheckpointFill {
    var copy = self
    copy.cutsOtherwise = true
    return copy
  }

  /// The tensors of which something is written, in the order of the data.
  var ranges: [Range<Int>] { CheckpointFill.sorted(items) }

  /// Those of which everything is.
  var wholeRanges: [Range<Int>] { CheckpointFill.sorted(items.filter(\.isWhole)) }

  private static func sorted(_ items: [Item]) -> [Range<Int>] {
    items.flatMap(\.ranges).sorted { $0.lowerBound < $1.lowerBound }
  }

  /// Whether ranges of an item can be made one by one.
  private func isRanged(_ item: Int) -> Bool {
    items[item].draw.isElementwise || patterns[item] != nil || spool?.offset(of: item) != nil
  }

  /// Makes every range and gives it to `use` with its offset in the tensor; returns each tensor's hash.
  ///
  /// Whole-tensor methods are prepared one tensor a thread, just before their ranges.
  func run(
    threads: Int, only isWanted: (Item) -> Bool = { _ in true },
    _ use: @Sendable (_ item: Int, _ bytes: UnsafeRawBufferPointer, _ offset: Int) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> [ContentHash] {
    try Workers.checked(threads)
    let hashes = items.map { Cells<UInt64>(repeating: 0, count: ContentHash.chunks(of: $0.byteCount)) }
    let wanted = items.indices.filter { isWanted(items[$0]) }
    for wave in 0...(wanted.map { items[$0].wave }.max() ?? 0) {
      let wanted = wanted.filter { items[$0].wave == wave }
      try team.together { () throws(Diagnostic) in
        let whole = Array(team.share(of: wanted.filter { !isRanged($0) }))
        try Workers.run(whole.count, threads: threads) { (index) throws(Diagnostic) in
          let item = whole[index]
          let values = try values(of: item)
          try withBuffer { (buffer) throws(Diagnostic) in
            for range in ranges(of: [item]) { try write(range, values, buffer, hashes[range.tensor], use) }
          }
        }
        try fill(Array(team.share(of: ranges(of: wanted.filter(isRanged)))), hashes, threads, use)
      }
    }
    return try combined(hashes.map(\.array)).map { ContentHash(chunks: $0) }
  }

  /// The chunks' hashes that any process has made.
  private func combined(_ hashes: [[UInt64]]) throws(Diagnostic) -> [[UInt64]] {
    guard team.count > 1 else { return hashes }
    var words = try team.combine(hashes.flatMap { $0 })[...]
    return hashes.map { own in
      defer { words = words.dropFirst(own.count) }
      return Array(words.prefix(own.count))
    }
  }

  /// The same with everything that can fail or needs memory behind it, but for what is staged.
  /// - Throws: ``Diagnostics/ErrorCode/malformedDraw``, ``Diagnostics/ErrorCode/outOfMemory``, ``Diagnostics/ErrorCode/missingLibrary``.
  func prepared(for threads: Int) throws(Diagnostic) -> CheckpointFill {
    let missing = items.indices.filter { items[$0].isStaged && spool?.offset(of: $0) == nil }
    if missing.contains(where: { items[$0].draw.usesLinearAlgebra }) { try LinearAlgebra.requireLibrary() }
    var copy = self
    copy.buffers = try BufferPool(count: threads, size: CheckpointFill.chunks * ContentHash.chunk)
    let patterned = items.indices.filter { items[$0].draw.isPrepared && spool?.offset(of: $0) == nil }
    let made = Cells<Filling?>(repeating: nil, count: patterned.count)
    try Workers.run(patterned.count, threads: threads) { (index) throws(Diagnostic) in
      made[index] = try filling(of: patterned[index])
    }
    for (index, item) in patterned.enumerated() { copy.patterns[item] = made[index] }
    return copy
  }

  /// Refuses entries that no plan makes: one tensor twice, numbers that do not fit.
  /// - Throws: ``Diagnostics/ErrorCode/receiptMismatch``, ``Diagnostics/ErrorCode/malformedDraw``.
  func validateCombination() throws(Diagnostic) {
    var seen: Set<Range<Int>> = []
    for item in items {
      for range in item.ranges where !range.isEmpty && item.isWhole {
        guard seen.insert(range).inserted else {
          throw Diagnostic(
            .receiptMismatch, "the receipt speaks of a tensor twice", at: item.entry.fileName)
        }
      }
      do throws(Diagnostic) { try item.draw.check(shape: item.madeShape, dtype: item.entry.dtype) } catch {
        throw error.at(item.entry.fileName)
      }
    }
  }

  /// Refuses a spool that is not the one that was made for the run.
  func requireRecordedSpool(threads: Int) throws(Diagnostic) {
    guard let spool else { return }
    let hashes = try run(threads: threads, only: \.isStaged) { (_, _, _) throws(Diagnostic) in }
    for (item, hash) in zip(items, hashes) where item.isStaged && item.entry.hash != hash {
      throw Diagnostic(
        .journalCorrupt, "the values that the interrupted run had made were changed", at: spool.path,
        expected: item.entry.hash.map { "\($0) for \(item.entry.fileName)" }, found: "\(hash)")
    }
  }

  /// Whether the bytes at a place of a file are those that the run writes there.
  func makes(_ sample: ContentSamples.Sample, in file: InPlaceCheckpoint) throws(Diagnostic) -> Bool {
    func isIn(_ range: Range<Int>) -> Bool { range.contains(sample.range.lowerBound) }
    guard let index = items.firstIndex(where: { $0.isWhole && $0.ranges.contains(where: isIn) }),
      let range = items[index].ranges.first(where: isIn), sample.range.upperBound <= range.upperBound
    else { return false }
    var isSame = false
    try withScratch(2 * sample.range.count) { (buffer) throws(Diagnostic) in
      let (now, made) = (
        UnsafeMutableRawBufferPointer(rebasing: buffer[..<sample.range.count]),
        UnsafeMutableRawBufferPointer(rebasing: buffer[sample.range.count...])
      )
      try file.read(into: now, at: sample.range.lowerBound)
      try make(values(of: index), from: sample.range.lowerBound - range.lowerBound, to: made, index)
      isSame = now.elementsEqual(made)
    }
    return isSame
  }

  private enum Values {
    case made(Filling)
    case spooled(Spool, from: Int)
  }

  private func values(of index: Int) throws(Diagnostic) -> Values {
    if let spool, let offset = spool.offset(of: index) { return .spooled(spool, from: offset) }
    if let known = patterns[index] { return .made(known) }
    return .made(try filling(of: index))
  }

  private func filling(of index: Int) throws(Diagnostic) -> Filling {
    let item = items[index]
    let stream = RandomStream(seed: item.seed, name: item.entry.name)
    return try Filling(item.draw, shape: item.shape, region: item.map, dtype: item.entry.dtype, stream: stream)
  }

  /// Writes the bytes of an item from an offset on.
  private func make(
    _ values: Values, from offset: Int, to bytes: UnsafeMutableRawBufferPointer, _ item: Int
  ) throws(Diagnostic) {
    switch values {
    case .made(let filling): try filling.write(from: offset / items[item].entry.dtype.size, to: bytes)
    case .spooled(let spool, let begin): try spool.read(into: bytes, at: begin + offset)
    }
  }

  /// The same for a chunk as a run cuts it, or the end of it first and then the beginning.
  private func makeChunk(
    _ values: Values, from offset: Int, to bytes: UnsafeMutableRawBufferPointer, _ item: Int
  ) throws(Diagnostic) {
    let size = items[item].entry.dtype.size
    let cut = (bytes.count / size * 3 / 8 + 1) * size
    guard cutsOtherwise, items[item].draw.mayFail, items[item].draw.isElementwise, cut < bytes.count else {
      return try make(values, from: offset, to: bytes, item)
    }
    try make(values, from: offset + cut, to: UnsafeMutableRawBufferPointer(rebasing: bytes[cut...]), item)
    try make(values, from: offset, to: UnsafeMutableRawBufferPointer(rebasing: bytes[..<cut]), item)
  }

  private func ranges(of indices: [Int]) -> [FillRange] {
    FillRange.ranges(
      indices.map { (items[$0].count, items[$0].entry.dtype.size) }, chunks: CheckpointFill.chunks
    ).map {
      FillRange(tensor: indices[$0.tensor], first: $0.first, count: $0.count)
    }
  }

  /// Hands batches of neighboring ranges to threads, so that a buffer and a filling serve several.
  private func fill(
    _ ranges: [FillRange], _ hashes: [Cells<UInt64>], _ threads: Int,
    _ use: @Sendable (Int, UnsafeRawBufferPointer, Int) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let batch = 4
    try Workers.run((ranges.count + batch - 1) / batch, threads: threads) { (index) throws(Diagnostic) in
      try withBuffer { (buffer) throws(Diagnostic) in
        var last: (item: Int, values: Values)?
        for range in ranges[index * batch..<min((index + 1) * batch, ranges.count)] {
          if last?.item != range.tensor { last = (range.tensor, try values(of: range.tensor)) }
          if let last { try write(range, last.values, buffer, hashes[range.tensor], use) }
        }
      }
    }
  }

  private func write(
    _ range: FillRange, _ values: Values, _ buffer: UnsafeMutableRawBufferPointer, _ hashes: Cells<UInt64>,
    _ use: @Sendable (Int, UnsafeRawBufferPointer, Int) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let item = items[range.tensor]
    let size = item.entry.dtype.size
    let (first, count) = (range.first * size, range.count * size)
    for start in stride(from: 0, to: count, by: ContentHash.chunk) {
      let chunk = UnsafeMutableRawBufferPointer(rebasing: buffer[start..<min(start + ContentHash.chunk, count)])
      try makeChunk(values, from: first + start, to: chunk, range.tensor)
      item.map?.clearRest(chunk, at: (first + start) / size..<(first + start + chunk.count) / size)
      hashes[(first + start) / ContentHash.chunk] = ContentHash.hash(chunk: UnsafeRawBufferPointer(chunk))
    }
    try use(range.tensor, UnsafeRawBufferPointer(rebasing: buffer[..<count]), first)
  }

  private func withBuffer(
    _ body: (UnsafeMutableRawBufferPointer) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    if let buffers { return try buffers.withBuffer(body) }
    try withScratch(CheckpointFill.chunks * ContentHash.chunk, body)
  }
}
