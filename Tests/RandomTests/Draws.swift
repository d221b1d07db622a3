import CKernels
import Tensors
import Testing

/// One way to turn a range of a stream into values.
enum FillKind: String, CaseIterable, Sendable {
  case words, uniform, normal, whole, body, tail, narrow

  /// Fills `count` elements from `first` on; 32-bit values as their bits.
  func fill(_ out: UnsafeMutablePointer<UInt32>, _ count: Int, from first: UInt64, of stream: rk_stream) {
    var stream = stream
    if self == .words { return rk_words(out, count, first, &stream) }
    UnsafeMutableRawPointer(out).withMemoryRebound(to: Float.self, capacity: count) { values in
      switch self {
      case .words: break
      case .uniform: rk_uniform_f32(values, count, first, &stream, -0.75, 3)
      case .normal: rk_normal_f32(values, count, first, &stream, 0.5, 2)
      case .whole, .body, .tail, .narrow:
        var truncation = truncation
        rk_truncated_f32(values, count, first, &stream, &truncation)
      }
    }
  }

  private var truncation: rk_truncation {
    var result = rk_truncation()
    switch self {
    case .body: _ = rk_truncation_make(&result, -1, 3, 0.25, 1)
    case .tail: _ = rk_truncation_make(&result, 5, 6, 0, 1)
    case .narrow: _ = rk_truncation_make(&result, 0.5, 0.55, 0, 1)
    default: _ = rk_truncation_make(&result, -9, 9, 0, 1)
    }
    return result
  }
}

/// A range of a stream, written to an address `shift` elements past a cache line.
struct Range32: Sendable, CustomTestStringConvertible {
  var first: UInt64
  var count: Int
  var shift = 0

  var testDescription: String { "\(count) from \(first), shifted by \(shift)" }

  /// What `draw` writes; nil if it wrote outside of the range.
  func bits(_ draw: FillKind, _ stream: rk_stream) -> [UInt32]? {
    let guarded = 32
    let raw = UnsafeMutableRawPointer.allocate(
      byteCount: 4 * (count + shift + 2 * guarded), alignment: 64)
    defer { raw.deallocate() }
    let all = UnsafeMutableBufferPointer(
      start: raw.assumingMemoryBound(to: UInt32.self), count: count + shift + 2 * guarded)
    all.initialize(repeating: 0xDEAD_BEEF)
    let start = guarded + shift
    draw.fill(all.baseAddress.unsafelyUnwrapped + start, count, from: first, of: stream)
    let outside =
      all[..<start].allSatisfy { $0 == 0xDEAD_BEEF }
      && all[(start + count)...].allSatisfy { $0 == 0xDEAD_BEEF }
    return outside ? Array(all[start..<start + count]) : nil
  }
}

let testStream = RandomStream(seed: 0x0123_4567_89AB_CDEF, name: "features.0.weight", lane: 3).cValue
