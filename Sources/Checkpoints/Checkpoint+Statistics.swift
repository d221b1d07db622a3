import Diagnostics
import Reinitialization
import Tensors

extension Checkpoint {
  /// The statistics of tensors, read in chunks on several threads; of nothing where elements are not numbers.
  /// - Throws: reading's codes.
  public func statistics(of entries: [SafeTensorsHeader.Entry], options: ApplyOptions = ApplyOptions()) throws
    -> [Statistics]
  {
    let file = try SafeTensorsFile(path)
    let results = Cells<Statistics>(repeating: Statistics(), count: entries.count)
    try Workers.run(entries.count, threads: options.threads) { (index) throws(Diagnostic) in
      let entry = entries[index]
      guard let dtype = entry.elementType else { return }
      var statistics = Statistics()
      try file.forEachChunk(of: entry) { bytes in
        statistics.add(bytes, dtype: dtype)
        options.progress(bytes.count)
      }
      results[index] = statistics
    }
    return results.array
  }
}

extension SafeTensorsFile {
  /// Reads a tensor piece by piece.
  func forEachChunk(
    of entry: SafeTensorsHeader.Entry, _ body: (UnsafeRawBufferPointer) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    try withScratch(min(1 << 20, max(entry.range.count, 1))) { (buffer) throws(Diagnostic) in
      var offset = 0
      while offset < entry.range.count {
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<min(buffer.count, entry.range.count - offset)])
        try read(entry, from: offset, into: part)
        try body(UnsafeRawBufferPointer(part))
        offset += part.count
      }
    }
  }
}

extension Checkpoint {
  /// How many elements of a tensor fall into each of equal intervals from `low` to `high`, both included.
  /// - Throws: reading's codes.
  public func histogram(
    of entry: SafeTensorsHeader.Entry, bins: Int, from low: Double, to high: Double
  ) throws -> [Int] {
    var counts = [Int](repeating: 0, count: bins)
    guard let dtype = entry.elementType, high > low else { return counts }
    try SafeTensorsFile(path).forEachChunk(of: entry) { bytes in
      withUnsafeTemporaryAllocation(of: Double.self, capacity: bytes.count / dtype.size) { values in
        ElementBuffer.read(bytes, dtype: dtype, into: values)
        for value in values where value >= low && value <= high {
          counts[min(bins - 1, Int((value - low) / (high - low) * Double(bins)))] += 1
        }
      }
    }
    return counts
  }
}
