import Diagnostics

/// The processes that carry out a run together, each of which does a share of it.
///
/// All call the same functions in the same order.
public protocol Team: Sendable {
  /// This process, counted from 0.
  var rank: Int { get }
  /// How many there are.
  var count: Int { get }
  /// The bytes that rank 0 gives, in all.
  func share(_ bytes: [UInt8]) throws(Diagnostic) -> [UInt8]
  /// The bitwise or of what all give.
  func combine(_ words: [UInt64]) throws(Diagnostic) -> [UInt64]
  /// Is told that the work ends in all processes, for an error in one.
  func willEnd()
}

extension Team {
  /// Whether this process does what only one must do.
  public var isFirst: Bool { rank == 0 }

  /// Does a part of the work, and waits until all have done theirs.
  /// - Throws: what the body throws in the first process in which it does; ``Diagnostics/ErrorCode/rankFailed`` in all others.
  public func together<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result {
    let result = Swift.Result { () throws(Diagnostic) in try body() }
    let failed =
      switch result {
      case .success: false
      case .failure: true
      }
    let failures = try combine(Bits.of(rank, in: count, if: failed))
    guard let first = Bits.first(in: failures) else { return try result.get() }
    willEnd()
    if first == rank { _ = try result.get() }
    throw Diagnostic(.rankFailed, "the run ends, since rank \(first) could not do its part")
  }

  /// The piece of a list that is this process's, so that all together have all of it.
  package func share<Element>(of list: [Element]) -> ArraySlice<Element> {
    list[rank * list.count / count..<(rank + 1) * list.count / count]
  }
}

/// One bit for each process.
private enum Bits {
  static func of(_ rank: Int, in count: Int, if isSet: Bool) -> [UInt64] {
    var words = [UInt64](repeating: 0, count: (count + 63) / 64)
    if isSet { words[rank / 64] = 1 << UInt64(rank % 64) }
    return words
  }

  static func first(in words: [UInt64]) -> Int? {
    words.firstIndex { $0 != 0 }.map { $0 * 64 + words[$0].trailingZeroBitCount }
  }
}

/// A process on its own.
public struct Alone: Team {
  /// The first, and the last.
  public let rank = 0
  /// One.
  public let count = 1
  /// The only process there is.
  public init() {}
  /// The bytes themselves.
  public func share(_ bytes: [UInt8]) -> [UInt8] { bytes }
  /// The words themselves.
  public func combine(_ words: [UInt64]) -> [UInt64] { words }
  /// Nobody else ends.
  public func willEnd() {}
}
