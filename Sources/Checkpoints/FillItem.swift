import Diagnostics
import Formats
import Initializers
import LayerVocabulary
import Reinitialization
import Tensors

extension CheckpointFill {
  /// One tensor, or elements of one: what fills them, and where they are in the file.
  struct Item: Sendable {
    let seed: UInt64
    private(set) var entry: Receipt.Entry
    var draw: Draw
    let target: SafeTensorsHeader.Entry
    /// Further tensors of the file that are one with it.
    let copies: [SafeTensorsHeader.Entry]
    let shape: Shape
    /// Which elements are meant; nil for all.
    private(set) var map: RegionMap?
    /// Where the first element is in the tensor, in bytes, if they lie one behind the other.
    private var start: Int?
    /// Items with a later wave are written when those of earlier ones are: they may read what these have written.
    fileprivate(set) var wave = 0

    /// - Throws: ``Diagnostics/ErrorCode/receiptMismatch`` for elements that the tensor does not have.
    init(
      seed: UInt64, entry: Receipt.Entry, draw: Draw, target: SafeTensorsHeader.Entry,
      copies: [SafeTensorsHeader.Entry], shape: Shape
    ) throws(Diagnostic) {
      (self.seed, self.entry, self.draw, self.target, self.copies) = (seed, entry, draw, target, copies)
      self.shape = shape
      start = 0
      guard let region = entry.region else { return }
      guard let map = RegionMap(region, in: shape) else {
        throw Diagnostic(
          .receiptMismatch, "the receipt speaks of elements that the tensor does not have", at: entry.fileName,
          expected: "a part of a tensor of shape \(shape)")
      }
      self.map = map
      start = map.denseRange.map { $0.lowerBound * entry.dtype.size }
    }

    /// Where the tensors that it writes to stand in the data.
    var ranges: [Range<Int>] { [target.range] + copies.map(\.range) }

    /// Whether it writes all of the tensor.
    var isWhole: Bool { map == nil }

    /// Whether all elements lie one behind the other.
    var isDense: Bool { start != nil }

    /// How many elements it makes.
    var count: Int { map?.count ?? shape.count }

    /// And their bytes.
    var byteCount: Int { count * entry.dtype.size }

    /// The shape of what the method makes.
    var madeShape: Shape { draw.isMadeAsAWhole ? map?.shape ?? shape : shape }

    /// Whether its values are made before a file is changed: making them can fail, or needs the whole tensor.
    var isStaged: Bool { draw.mayFail || draw.reads || !draw.isElementwise && !draw.isPattern }

    /// The same with the values of its masks.
    func masked(_ values: (RegionMask) throws(Diagnostic) -> RegionMask) throws(Diagnostic) -> Item {
      guard let region = entry.region else { return self }
      var item = self
      let masked = try region.mapMasks(values)
      guard let map = RegionMap(masked, in: shape) else {
        throw Diagnostic(
          .partMask, "a mask does not fit the tensor", at: entry.fileName, expected: "bool or u8 \(shape)")
      }
      (item.entry.region, item.map) = (masked, map)
      return item
    }
  }
}

extension CheckpointFill.Item {
  /// Writes bytes that were made to where they belong.
  /// - Parameters:
  ///   - offset: where they begin among all that the item makes.
  ///   - read: reads from the file's data, what is between elements.
  func write(
    _ bytes: UnsafeRawBufferPointer, at offset: Int, _ read: RegionBytes.Read, _ write: RegionBytes.Write
  ) throws(Diagnostic) {
    for range in ranges {
      if let start {
        try write(bytes, range.lowerBound + start + offset)
      } else if let map {
        let places = offset / entry.dtype.size..<(offset + bytes.count) / entry.dtype.size
        try RegionBytes(map: map, size: entry.dtype.size).scatter(
          bytes, at: places, { (memory, place) throws(Diagnostic) in try read(memory, range.lowerBound + place) },
          { (memory, place) throws(Diagnostic) in try write(memory, range.lowerBound + place) })
      }
    }
  }

  /// Reads what stands where a part of the item belongs, of one of its tensors.
  func read(
    _ tensor: SafeTensorsHeader.Entry, from offset: Int, into bytes: UnsafeMutableRawBufferPointer,
    in file: CheckpointFiles
  ) throws(Diagnostic) {
    if let start { return try file.read(tensor, from: start + offset, into: bytes) }
    guard let map else { return }
    let places = offset / entry.dtype.size..<(offset + bytes.count) / entry.dtype.size
    try RegionBytes(map: map, size: entry.dtype.size).gather(places, into: bytes) {
      (memory, place) throws(Diagnostic) in
      try file.read(tensor, from: place, into: memory)
    }
  }

  /// Where it writes, for a journal: nothing where that is all of the tensor.
  var parts: [ContentSamples.Parts] {
    guard let map else { return [] }
    let size = entry.dtype.size
    return ranges.map { range in
      ContentSamples.Parts(range: range) { place in
        let (first, end) = (place.lowerBound - range.lowerBound, place.upperBound - range.lowerBound)
        return map.touches(first / size..<(end + size - 1) / size)
      }
    }
  }
}

extension [CheckpointFill.Item] {
  /// The same, so that no two items of one tensor are written at once of which one reads between its elements.
  var inWaves: [CheckpointFill.Item] {
    guard contains(where: { !$0.isDense }) else { return self }
    var items = self
    var waves: [Int: Int] = [:]
    for index in items.indices {
      let wave = waves[items[index].target.range.lowerBound, default: 0]
      items[index].wave = wave
      waves[items[index].target.range.lowerBound] = wave + 1
    }
    return items
  }
}
