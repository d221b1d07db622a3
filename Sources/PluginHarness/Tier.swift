/// How much a plugin has been asked to prove; each tier holds those below it.
public enum Tier: Int, Sendable, CaseIterable, Comparable {
  /// It loads, and describes itself without a contradiction.
  case loads = 1
  /// Its initializers fill and its layers compute.
  case works
  /// It keeps the laws: shards, streams, distributions, handles, and leaves the process alone.
  case honest
  /// It bears strange parameters and shapes, failing services, little memory, many threads.
  case robust
  /// It bears other versions of the host, leaks nothing, and says what it is.
  case certified

  /// By number.
  public static func < (a: Tier, b: Tier) -> Bool { a.rawValue < b.rawValue }

  /// `honest`.
  public var name: String { "\(self)" }
}
