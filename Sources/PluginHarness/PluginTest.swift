import Diagnostics

/// One thing that is asked of a plugin, or of each of its initializers or layers; run in a process of its own.
public struct PluginTest: Sendable {
  /// What a test is about.
  public enum Target: String, Sendable {
    /// The plugin as a whole.
    case plugin
    /// Each initializer.
    case initializer
    /// Each layer.
    case layer
  }

  /// The stable name, such as `init.shards`.
  public let id: String
  /// The first tier that asks for it.
  public let tier: Tier
  /// What it is run for.
  public let target: Target
  /// What a pass proves, in one line.
  public let proves: String
  /// The code of the finding that it is made for; its page has the fix in four languages.
  public let code: ErrorCode
  /// Tests that must have passed before, for the same subject: what they find would be found here again.
  let requires: [String]
  /// What a crash in this test means, where it means more than a crash.
  let crash: ErrorCode?
  /// Whether its result has to be the one that an earlier test has had in another process.
  let reference: String?
  /// What happens in the process.
  let body: @Sendable (Bench) throws(Diagnostic) -> Verdict

  /// How a body ends that has found nothing.
  enum Verdict: Sendable {
    /// All is as it should be.
    case passed
    /// There was nothing to test, and why.
    case skipped(String)
  }

  init(
    _ id: String, _ tier: Tier, _ target: Target, _ proves: String, _ code: ErrorCode, requires: [String] = [],
    crash: ErrorCode? = nil, reference: String? = nil, body: @escaping @Sendable (Bench) throws(Diagnostic) -> Verdict
  ) {
    (self.id, self.tier, self.target, self.proves, self.code) = (id, tier, target, proves, code)
    (self.requires, self.crash, self.reference, self.body) = (requires, crash, reference, body)
  }

  /// Every test, in the order in which they are reported.
  public static let all: [PluginTest] = loadTests + fillTests + layerTests

  /// The test of that name.
  static func named(_ id: String) -> PluginTest? { all.first { $0.id == id } }
}
