import CKernels
import Tensors
import Testing

@Suite("A value depends on its index alone")
struct Partitions {
  @Test("Any partition of a range gives the whole", arguments: FillKind.allCases)
  func partitions(_ draw: FillKind) {
    var chance = RandomStream(seed: 5, name: draw.rawValue)
    for first in [0, 3, (1 << 32) - 1000, (1 << 34) - 2049] as [UInt64] {
      let whole = Range32(first: first, count: 5000).bits(draw, testStream)
      var parts: [UInt32] = []
      while parts.count < 5000 {
        let word = chance.nextWord()
        let count = min(Int(word % (word & 64 == 0 ? 40 : 2500)), 5000 - parts.count)
        let range = Range32(first: first + UInt64(parts.count), count: count, shift: Int(word >> 28))
        parts += range.bits(draw, testStream) ?? []
        if count > 0 && parts.isEmpty { break }
      }
      #expect(parts == whole)
    }
  }

  @Test("A range written past the caches is the sum of its parts", arguments: FillKind.allCases)
  func streaming(_ draw: FillKind) {
    let count = (1 << 20) + 4321
    let whole = Range32(first: 11, count: count, shift: 2).bits(draw, testStream)
    let parts = stride(from: 0, to: count, by: 10007).map { start in
      Range32(first: 11 + UInt64(start), count: min(10007, count - start)).bits(draw, testStream) ?? []
    }
    #expect(whole == Array(parts.joined()))
  }

  @Test("Short ranges written past the caches are the same, at any alignment", arguments: FillKind.allCases)
  func pastCaches(_ draw: FillKind) {
    var stream = testStream
    stream.past_caches = true
    for count in [0, 1, 15, 16, 17, 100, 1025] {
      for shift in 0..<16 {
        let range = Range32(first: 11, count: count, shift: shift)
        #expect(range.bits(draw, stream) == range.bits(draw, testStream))
      }
    }
  }

  @Test("Reading word by word gives the words of the range, from any position")
  func reader() {
    var stream = RandomStream(seed: 9, name: "reader", lane: 2)
    for first in [0, 5, 1 << 33] {
      var words = [UInt32](repeating: 0, count: 100)
      words.withUnsafeMutableBufferPointer { stream.fillWords($0, from: first) }
      stream.position = first
      let read: [UInt32] = (0..<100).map { _ in stream.nextWord() }
      #expect(read == words)
      #expect(stream.position == first + 100)
      stream.position = first
      let wide: UInt64 = stream.next()
      #expect(wide == UInt64(words[1]) << 32 | UInt64(words[0]))
    }
  }

  @Test("Values read one by one are the values of the range")
  func values() throws {
    let stream = RandomStream(seed: 9, name: "values")
    var reader = stream
    #expect(
      filled(50) { stream.uniform($0, from: 0, low: 0, high: 1) }
        == (0..<50).map { _ in reader.nextUniform() })
    #expect(
      filled(50) { stream.normal($0, from: 50, mean: 1, std: 2) }
        == (0..<50).map { _ in reader.nextNormal(mean: 1, std: 2) })
    let truncation = try #require(Truncation(low: -1, high: 2, mean: 0, std: 1))
    let cut = filled(50) { stream.truncatedNormal($0, from: 0, truncation) }
    #expect(cut.allSatisfy { $0 > -1 && $0 < 2 } && Set(cut).count == 50)
  }

  @Test("Empty buffers are left alone")
  func empty() {
    let stream = RandomStream(seed: 9, name: "empty")
    stream.normal(UnsafeMutableBufferPointer(start: nil, count: 0), from: 7, mean: 0, std: 1)
    stream.fillWords(UnsafeMutableBufferPointer(start: nil, count: 0), from: 7)
  }

  @Test("Seeds, names and lanes give different streams")
  func different() {
    let streams = [
      RandomStream(seed: 1, name: "a"), RandomStream(seed: 2, name: "a"), RandomStream(seed: 1, name: "b"),
      RandomStream(seed: 1, name: "a", lane: 1), RandomStream(seed: 1 << 32, name: "a"),
    ]
    let words = streams.map { Range32(first: 0, count: 64).bits(.words, $0.cValue) ?? [] }
    #expect(Set(words.joined()).count == 64 * streams.count)
  }
}

/// What `fill` makes of a fresh buffer.
func filled(_ count: Int, _ fill: (UnsafeMutableBufferPointer<Float>) -> Void) -> [Float] {
  var values = [Float](repeating: .nan, count: count)
  values.withUnsafeMutableBufferPointer { fill($0) }
  return values
}
