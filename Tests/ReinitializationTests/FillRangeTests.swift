import Reinit
import Testing

@Suite("Work in ranges")
struct FillRangeTests {
  /// Empty, tiny, a chunk, around it, and some mebibytes, in each size of element.
  private let tensors = [
    (0, 4), (1, 4), (100, 2), (65536, 4), (65537, 4), (65535, 4), (3, 8), (3_000_000, 4), (70_000, 1),
  ].map { (count: $0.0, size: $0.1) }

  private func expectCovered(_ ranges: [FillRange], _ comment: Comment) {
    for (index, tensor) in tensors.enumerated() {
      let own = ranges.filter { $0.tensor == index }
      #expect(own.reduce(0) { $0 + $1.count } == tensor.count, comment)
      #expect(zip(own, own.dropFirst()).allSatisfy { $0.first + $0.count == $1.first }, comment)
      #expect((own.first?.first ?? 0) == 0 && own.allSatisfy { $0.count > 0 }, comment)
    }
    #expect(ranges.map(\.tensor) == ranges.map(\.tensor).sorted(), comment)
  }

  @Test("Ranges hold every element once, in order, and begin at chunks of the hash")
  func cover() {
    for chunks in 1...4 {
      let ranges = FillRange.ranges(tensors, chunks: chunks)
      expectCovered(ranges, "\(chunks) chunks")
      #expect(ranges.allSatisfy { $0.first * tensors[$0.tensor].size % ContentHash.chunk == 0 })
    }
    for threads in 1...5 { expectCovered(FillRange.inMemory(tensors, threads: threads), "\(threads) threads") }
  }

  @Test("Batches hold every range once, in order, and enough of them to be worth a thread")
  func batches() {
    let ranges = FillRange.inMemory(tensors, threads: 2)
    let batches = FillRange.batches(ranges, tensors)
    #expect(batches.flatMap { $0 } == Array(ranges.indices))
    for batch in batches.dropLast() {
      let bytes = ranges[batch].map { $0.count * tensors[$0.tensor].size }
      #expect(bytes.reduce(0, +) >= ContentHash.chunk && bytes.dropLast().reduce(0, +) < ContentHash.chunk)
    }
    #expect(FillRange.batches([], tensors).isEmpty)
  }
}
