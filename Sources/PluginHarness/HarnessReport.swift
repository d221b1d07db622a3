import Diagnostics
import PluginHost

/// What came of testing a plugin.
public struct HarnessReport: Sendable {
  /// The plugin's file, as it was given.
  public let plugin: String
  /// What it says of itself; nil where it could not be loaded.
  public let description: PluginDescription?
  /// The tier that was asked for.
  public let tier: Tier
  /// The seed of all random choices.
  public let seed: UInt64
  /// Whether tests were chosen by name, so that the tier as a whole is not judged.
  public let isPartial: Bool
  /// Every test that was asked for, in order.
  public let tests: [TestResult]
  /// Expected findings that were not found: the fault is gone, or the test was not run.
  public let unmetExpectations: [Expectations.Entry]
  /// From the start to the end.
  public let wall: Duration

  package init(
    plugin: String, description: PluginDescription?, tier: Tier, seed: UInt64, isPartial: Bool = false,
    tests: [TestResult], unmetExpectations: [Expectations.Entry] = [], wall: Duration
  ) {
    (self.plugin, self.description, self.tier, self.seed) = (plugin, description, tier, seed)
    (self.isPartial, self.tests, self.unmetExpectations, self.wall) = (isPartial, tests, unmetExpectations, wall)
  }

  /// What was found and not expected.
  public var findings: [TestResult] { tests.filter { $0.outcome == .failed } }

  /// What this kernel could not keep the plugin from while it was tested: `files`, `networks`; usually nothing.
  public var reach: [String] {
    let kept = Confinement.offered
    return [(kept.files || kept.isWatched, "files"), (kept.network, "networks")].filter { !$0.0 }.map(\.1)
  }

  /// Whether something was tested, and nothing found that was not expected.
  public var isPassed: Bool { findings.isEmpty && tests.contains { $0.outcome != .skipped } }

  /// The highest tier of which, and below which, nothing was found; nil if it does not load, or not all was run.
  public var reached: Tier? {
    let failed = findings.map(\.test.tier).min()
    guard let failed else { return tier }
    return Tier(rawValue: failed.rawValue - 1)
  }
}

/// What came of one test.
public struct TestResult: Sendable {
  /// How a test ends.
  public enum Outcome: String, Sendable {
    /// Nothing was found.
    case passed
    /// Something was found.
    case failed
    /// What was found is in the file of expected findings.
    case expected
    /// It was not run, or had nothing to look at; ``TestResult/reason`` says why.
    case skipped
  }

  /// The test.
  public let test: PluginTest
  /// The initializer or layer that it was run for; nil for the plugin as a whole.
  public let subject: String?
  /// How it ended.
  public var outcome: Outcome
  /// What was found: code, message, expected, found, notes.
  public var finding: Diagnostic?
  /// Why it was skipped, or why the finding is expected.
  public var reason: String?
  /// The command that runs just this test, or just the case that failed.
  public var reproduction: String
  /// From the start to the end of its processes.
  public var wall: Duration

  package init(
    test: PluginTest, subject: String?, outcome: Outcome, finding: Diagnostic? = nil, reason: String? = nil,
    reproduction: String, wall: Duration
  ) {
    (self.test, self.subject, self.outcome, self.finding) = (test, subject, outcome, finding)
    (self.reason, self.reproduction, self.wall) = (reason, reproduction, wall)
  }

  /// `init.shards:gabor`.
  public var id: String { TestResult.id(test, subject) }

  static func id(_ test: PluginTest, _ subject: String?) -> String {
    test.id + (subject.map { ":\($0)" } ?? "")
  }
}
