import CXXHash
import Diagnostics
import Files
import Formats
import JSONText

/// What a file's data were at some places before a run in place: by them a journal knows its file again.
///
/// A few pieces of up to 256 bytes, spread over all tensors and over each of the larger ones. Whoever trains a model on
/// changes nearly every value, so that a few are enough to tell one checkpoint from another.
struct ContentSamples: Sendable, Equatable {
  /// Bytes of one tensor within one page of the file, which the system writes as a whole.
  struct Sample: Sendable, Equatable {
    /// Counted from the beginning of the data.
    let range: Range<Int>
    /// XXH64 of the bytes.
    let hash: UInt64
  }

  /// How many there are at most, and how long one is.
  private static let (limit, size) = (128, 256)
  private static let page = 4096

  /// Of tensors that the run leaves alone.
  private(set) var kept: [Sample] = []
  /// Of tensors that it writes.
  private(set) var changing: [Sample] = []

  /// A tensor of which a run writes parts, and whether it may write in a range of bytes.
  struct Parts {
    let range: Range<Int>
    let touches: (Range<Int>) -> Bool
  }

  /// Takes samples of a file; none of what is written of tensors that are written in parts.
  /// - Throws: reading's codes.
  init(of file: LockedFile, changing ranges: [Range<Int>], parts: [Parts] = []) throws(Diagnostic) {
    let changed = Set(ranges.map(\.lowerBound))
    let parts = Dictionary(grouping: parts, by: \.range.lowerBound)
    let entries = file.header.entries
    let tensors = min(entries.count, Self.limit)
    for index in 0..<tensors {
      let range = entries[index * entries.count / tensors].range
      for place in Self.places(in: range, count: Self.limit / tensors, dataStart: file.header.dataStart) {
        if let parts = parts[range.lowerBound], parts.contains(where: { $0.touches(place) }) { continue }
        let bytes = try file.handle.bytes(
          file.header.dataStart + place.lowerBound..<file.header.dataStart + place.upperBound)
        let sample = Sample(range: place, hash: Self.hash(bytes))
        if changed.contains(range.lowerBound) { changing.append(sample) } else { kept.append(sample) }
      }
    }
  }

  /// Pieces of a tensor, each of whole elements and within a page.
  private static func places(in tensor: Range<Int>, count: Int, dataStart: Int) -> [Range<Int>] {
    var places: [Range<Int>] = []
    for index in 0..<min(count, (tensor.count + size - 1) / size) {
      // A multiple of eight bytes is one of every element's size.
      let start = tensor.lowerBound + tensor.count / count * index & ~7
      let rest = min(size, page - (dataStart + start) % page) & ~7
      let end = min(tensor.upperBound, start + rest)
      if end > start { places.append(start..<end) }
    }
    return places
  }

  private static func hash(_ bytes: [UInt8]) -> UInt64 { bytes.withUnsafeBytes { XXH64($0.baseAddress, $0.count, 0) } }
}

extension ContentSamples.Sample {
  /// Whether the file has these bytes still.
  func isUnchanged(in handle: FileHandle, dataStart: Int) throws(Diagnostic) -> Bool {
    try hash == ContentSamples.hash(handle.bytes(dataStart + range.lowerBound..<dataStart + range.upperBound))
  }
}

extension ContentSamples {
  /// `{"kept": [[begin, end, "hash"], …], "changing": …}`.
  var json: JSONValue { ["kept": Self.json(of: kept), "changing": Self.json(of: changing)] }

  private static func json(of samples: [Sample]) -> JSONValue {
    .array(
      samples.map { sample in
        [
          .integer(Int64(sample.range.lowerBound)), .integer(Int64(sample.range.upperBound)),
          .string(String(sample.hash, radix: 16)),
        ]
      })
  }

  /// Samples from a journal; none where it has none.
  /// - Parameter dataSize: what ranges have to lie in.
  init?(json: JSONValue?, dataSize: Int) {
    guard let json else { return }
    guard let kept = Self.samples(json["kept"], dataSize), let changing = Self.samples(json["changing"], dataSize)
    else { return nil }
    (self.kept, self.changing) = (kept, changing)
  }

  private static func samples(_ json: JSONValue?, _ dataSize: Int) -> [Sample]? {
    guard let list = json?.array else { return nil }
    var samples: [Sample] = []
    for value in list {
      guard let parts = value.array, parts.count == 3, let begin = parts[0].int, let end = parts[1].int,
        let hash = parts[2].string.flatMap({ UInt64($0, radix: 16) }), begin >= 0, begin < end, end <= dataSize,
        end - begin <= page
      else { return nil }
      samples.append(Sample(range: begin..<end, hash: hash))
    }
    return samples
  }
}
