import Diagnostics
import Formats
import Glibc
import LayerVocabulary
import Reinitialization
import Tensors

/// The bytes of a region of a tensor in a file: read and written where they are, and nothing else changed.
///
/// Neighbors that lie close to each other are read and written together with what is between them.
struct RegionBytes: Sendable {
  let map: RegionMap
  /// The bytes of an element.
  let size: Int

  /// Reads or writes a range of the tensor's bytes.
  typealias Read = (UnsafeMutableRawBufferPointer, _ offset: Int) throws(Diagnostic) -> Void
  typealias Write = (UnsafeRawBufferPointer, _ offset: Int) throws(Diagnostic) -> Void

  /// The longest gap that is read over, and the longest range that is read at once, in bytes.
  private static let (gap, longest) = (16 << 10, 1 << 20)

  /// Reads the elements at some places, one after the other; 0 for those that are not meant.
  func gather(
    _ places: Range<Int>, into bytes: UnsafeMutableRawBufferPointer, _ read: Read
  ) throws(Diagnostic) {
    if map.isSelective { bytes.initializeMemory(as: UInt8.self, repeating: 0) }
    try forEachGroup(in: places) { (runs, span) throws(Diagnostic) in
      if let run = RegionBytes.whole(runs) {
        return try read(UnsafeMutableRawBufferPointer(rebasing: bytes[own(run, places)]), run.element * size)
      }
      try withScratch(span.count * size) { (memory) throws(Diagnostic) in
        try read(memory, span.lowerBound * size)
        for run in runs {
          let source = UnsafeRawBufferPointer(rebasing: memory[((run.element - span.lowerBound) * size)...])
          ElementStrides.gather(source, step: run.step, run.count, size, to: bytes, at: run.place - places.lowerBound)
        }
      }
    }
  }

  /// Reads what is meant, piece by piece; what is not meant is left out.
  func forEachChunk(
    _ read: Read, _ body: (UnsafeRawBufferPointer, _ places: Range<Int>) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    let length = RegionBytes.longest / size
    try withScratch(min(length, max(map.count, 1)) * size) { (memory) throws(Diagnostic) in
      for first in stride(from: 0, to: map.count, by: length) {
        let places = first..<min(first + length, map.count)
        let bytes = UnsafeMutableRawBufferPointer(rebasing: memory[..<(places.count * size)])
        let kept = try gatherMeant(places, into: bytes, read)
        try body(UnsafeRawBufferPointer(rebasing: bytes[..<kept]), places)
      }
    }
  }

  /// Reads what is meant at some places, one after the other; says how many bytes these are.
  func gatherMeant(
    _ places: Range<Int>, into bytes: UnsafeMutableRawBufferPointer, _ read: Read
  ) throws(Diagnostic) -> Int {
    try gather(places, into: bytes, read)
    guard map.isSelective, let base = bytes.baseAddress else { return places.count * size }
    var kept = 0
    map.forEachSelected(in: places) { run in
      memmove(base + kept, base + (run.place - places.lowerBound) * size, run.count * size)
      kept += run.count * size
    }
    return kept
  }

  /// Writes the elements at some places, which stand one after the other, to where they belong.
  func scatter(
    _ bytes: UnsafeRawBufferPointer, at places: Range<Int>, _ read: Read, _ write: Write
  ) throws(Diagnostic) {
    try forEachGroup(in: places) { (runs, span) throws(Diagnostic) in
      if let run = RegionBytes.whole(runs) {
        return try write(UnsafeRawBufferPointer(rebasing: bytes[own(run, places)]), run.element * size)
      }
      try withScratch(span.count * size) { (memory) throws(Diagnostic) in
        try read(memory, span.lowerBound * size)
        for run in runs {
          ElementStrides.scatter(
            bytes, from: run.place - places.lowerBound, run.count, size, to: memory,
            at: run.element - span.lowerBound, step: run.step)
        }
        try write(UnsafeRawBufferPointer(memory), span.lowerBound * size)
      }
    }
  }

  /// Where a run's bytes are among those of some places.
  private func own(_ run: RegionMap.Run, _ places: Range<Int>) -> Range<Int> {
    let start = (run.place - places.lowerBound) * size
    return start..<start + run.count * size
  }

  /// The one run of a group, if it has no gaps.
  private static func whole(_ runs: [RegionMap.Run]) -> RegionMap.Run? {
    runs.count == 1 && runs[0].step == 1 ? runs[0] : nil
  }

  /// Hands on runs in groups, each with the elements that it spans.
  private func forEachGroup(
    in places: Range<Int>, _ body: ([RegionMap.Run], Range<Int>) throws(Diagnostic) -> Void
  ) throws(Diagnostic) {
    var runs: [RegionMap.Run] = []
    var span = 0..<0
    try map.forEachSelected(in: places) { (run) throws(Diagnostic) in
      for piece in pieces(of: run) {
        let own = piece.element..<piece.element + (piece.count - 1) * piece.step + 1
        let isNear = (own.lowerBound - span.upperBound) * size <= RegionBytes.gap
        if !runs.isEmpty, !isNear || (own.upperBound - span.lowerBound) * size > RegionBytes.longest {
          try body(runs, span)
          runs.removeAll(keepingCapacity: true)
        }
        span = runs.isEmpty ? own : span.lowerBound..<own.upperBound
        runs.append(piece)
      }
    }
    if !runs.isEmpty { try body(runs, span) }
  }

  /// A run in pieces that are read at once: single elements where the gaps are long.
  private func pieces(of run: RegionMap.Run) -> [RegionMap.Run] {
    guard run.step > 1 else { return [run] }
    let length = run.step * size > RegionBytes.gap ? 1 : max(1, RegionBytes.longest / (run.step * size))
    guard length < run.count else { return [run] }
    return stride(from: 0, to: run.count, by: length).map { done in
      let count = min(length, run.count - done)
      return RegionMap.Run(
        place: run.place + done, element: run.element + done * run.step, step: count == 1 ? 1 : run.step, count: count)
    }
  }
}

extension CheckpointFiles {
  /// The hash of what a receipt's entry says that it has written; nil where the values of a mask are not there.
  func hash(of entry: Receipt.Entry, _ target: SafeTensorsHeader.Entry) throws(Diagnostic) -> ContentHash? {
    guard let region = entry.region else { return try hash(of: target) }
    guard let map = RegionMap(region, in: Shape(target.shape)), !map.lacksMask else { return nil }
    let bytes = RegionBytes(map: map, size: entry.dtype.size)
    let length = ContentHash.chunk / bytes.size
    var chunks: [UInt64] = []
    try withScratch(ContentHash.chunk) { (buffer) throws(Diagnostic) in
      for first in stride(from: 0, to: map.count, by: length) {
        let places = first..<min(first + length, map.count)
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<(places.count * bytes.size)])
        try bytes.gather(places, into: part) { (memory, offset) throws(Diagnostic) in
          try read(target, from: offset, into: memory)
        }
        chunks.append(ContentHash.hash(chunk: UnsafeRawBufferPointer(part)))
      }
    }
    return ContentHash(chunks: chunks)
  }
}

extension ContentHash {
  /// The hash of elements of a tensor in memory; nil where the values of a mask are not there, or for want of memory.
  init?(of region: Region?, in tensor: Tensor) {
    guard let region else {
      self = ContentHash(of: tensor)
      return
    }
    guard let map = RegionMap(region, in: tensor.shape), !map.lacksMask else { return nil }
    let bytes = RegionBytes(map: map, size: tensor.dtype.size)
    let length = ContentHash.chunk / bytes.size
    let chunks = try? stride(from: 0, to: map.count, by: length).map { (first) throws(Diagnostic) -> UInt64 in
      let places = first..<min(first + length, map.count)
      var hash: UInt64 = 0
      try withScratch(places.count * bytes.size) { (buffer) throws(Diagnostic) in
        try bytes.gather(places, into: buffer) { (memory, offset) throws(Diagnostic) in
          tensor.withBytes {
            memory.copyMemory(from: UnsafeRawBufferPointer(rebasing: $0[offset..<offset + memory.count]))
          }
        }
        hash = ContentHash.hash(chunk: UnsafeRawBufferPointer(buffer))
      }
      return hash
    }
    guard let chunks else { return nil }
    self = ContentHash(chunks: chunks)
  }
}
