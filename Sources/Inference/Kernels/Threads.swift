import Tensors

/// Kernels' work on several threads.
enum Threads {
  /// Fewer operations than these are done faster than a thread starts.
  private static let grain = 1 << 18

  /// Calls the body for ranges that make up `0..<count`, each on one thread.
  /// - Parameter cost: about how many operations one index takes.
  /// - Throws: what the body throws; no further range is begun then.
  static func forRanges<Failure: Error>(
    _ count: Int, cost: Int, threads: Int, _ body: @Sendable (Range<Int>) throws(Failure) -> Void
  ) throws(Failure) {
    // A layer that is called by itself takes any pass.
    let threads = max(1, min(1024, threads))
    let least = max(1, grain / max(1, cost))
    let pieces = max(1, min(count / least, 4 * threads))
    guard threads > 1, pieces > 1 else { return try body(0..<count) }
    try Workers.run(pieces, threads: threads) { (piece) throws(Failure) in
      try body(count * piece / pieces..<count * (piece + 1) / pieces)
    }
  }
}
