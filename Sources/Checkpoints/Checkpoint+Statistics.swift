import Diagnostics
import Files
import Formats
import Glibc
import LayerVocabulary
import Reinitialization
import Tensors

extension Checkpoint {
  /// The statistics of tensors, read in chunks on several threads; of nothing where elements are not numbers.
  /// - Throws: reading's codes.
  /// - Parameter regions: for each tensor, which elements count; nil for all. None for all of all.
  public func statistics(
    of entries: [SafeTensorsHeader.Entry], regions: [Region?] = [], options: ApplyOptions = ApplyOptions()
  ) throws(Diagnostic) -> [Statistics] {
    let file = try files()
    let results = Cells<Statistics>(repeating: Statistics(), count: entries.count)
    try Workers.checked(options.threads)
    let own = Array(options.team.share(of: Array(entries.indices)))
    try options.team.together { () throws(Diagnostic) in
      try Workers.run(own.count, threads: options.threads) { (number) throws(Diagnostic) in
        let index = own[number]
        let entry = entries[index]
        guard let dtype = entry.elementType else { return }
        var statistics = Statistics()
        let region = regions.indices.contains(index) ? regions[index] : nil
        try file.forEachChunk(of: entry, region) { bytes in
          statistics.add(bytes, dtype: dtype)
          options.progress(bytes.count)
        }
        results[index] = statistics
      }
    }
    return try options.team.combine(results.array)
  }
}

extension CheckpointFiles {
  /// The hash of a tensor's bytes, as receipts record it.
  func hash(of entry: SafeTensorsHeader.Entry) throws(Diagnostic) -> ContentHash {
    var chunks: [UInt64] = []
    try forEachChunk(of: entry, size: ContentHash.chunk) { (bytes) in chunks.append(ContentHash.hash(chunk: bytes)) }
    return ContentHash(chunks: chunks)
  }

  /// Reads elements of a tensor piece by piece; all where no region says which.
  func forEachChunk(
    of entry: SafeTensorsHeader.Entry, _ region: Region?,
    _ body: (UnsafeRawBufferPointer) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    guard let region else { return try forEachChunk(of: entry, body) }
    guard let map = RegionMap(region, in: Shape(entry.shape)), !map.lacksMask, let size = entry.elementType?.size
    else { return }
    try RegionBytes(map: map, size: size).forEachChunk { (memory, offset) throws(Diagnostic) in
      try read(entry, from: offset, into: memory)
    } _: { (bytes, _) throws(Diagnostic) in
      try body(bytes)
    }
  }

  /// Reads a tensor piece by piece.
  func forEachChunk(
    of entry: SafeTensorsHeader.Entry, size: Int = 1 << 20,
    _ body: (UnsafeRawBufferPointer) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    try readChunks(of: entry, size: size) { (bytes) throws(Diagnostic) in
      try body(bytes)
      return true
    }
  }

  /// Reads a tensor piece by piece, as long as the closure wants more.
  func readChunks(
    of entry: SafeTensorsHeader.Entry, size: Int = 1 << 20,
    while body: (UnsafeRawBufferPointer) throws(Diagnostic) -> Bool
  ) throws(Diagnostic) {
    try withScratch(min(size, max(entry.range.count, 1))) { (buffer) throws(Diagnostic) in
      var offset = 0
      while offset < entry.range.count {
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, entry.range.count - offset)])
        try read(entry, from: offset, into: part)
        guard try body(UnsafeRawBufferPointer(part)) else { return }
        offset += part.count
      }
    }
  }
}

extension Checkpoint {
  /// How many elements of a tensor fall into each of equal intervals from `low` to `high`, both included.
  /// - Throws: ``Diagnostics/ErrorCode/argumentOutOfRange`` for no bins; reading's codes.
  public func histogram(
    of entry: SafeTensorsHeader.Entry, _ region: Region? = nil, bins: Int, from low: Double, to high: Double
  ) throws(Diagnostic) -> [Int] {
    guard (1...1 << 20).contains(bins) else {
      throw Diagnostic(
        .argumentOutOfRange, "a histogram cannot have \(bins) bins", expected: "1 to \(1 << 20)", found: "\(bins)")
    }
    var counts = [Int](repeating: 0, count: bins)
    guard let dtype = entry.elementType, high > low else { return counts }
    try files().forEachChunk(of: entry, region) { bytes in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: bytes.count / dtype.size) { values in
        ElementBuffer.read(bytes, dtype: dtype, into: values)
        for value in values where value >= low && value <= high {
          counts[min(bins - 1, Int(clamping: share(of: value, from: low, to: high) * Double(bins)))] += 1
        }
      }
    }
    return counts
  }

  /// Where a value lies between two bounds, from 0 to 1; halves keep the distance of two huge bounds finite.
  private func share(of value: Double, from low: Double, to high: Double) -> Double {
    let span = high - low
    return span.isFinite ? (value - low) / span : (value / 2 - low / 2) / (high / 2 - low / 2)
  }
}
