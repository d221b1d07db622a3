import CPluginCalls
import Diagnostics
import Glibc
import JSONText
import PluginHost

/// What happens in a test's process.
public enum TestProcess {
  /// The hidden command: `reinit __test-plugin NONCE ORDER`.
  public static let command = "__test-plugin"

  /// Runs one test and reports; the process should end after it.
  public static func run(_ nonce: String, _ order: String) {
    let announcer = Announcer(nonce: nonce)
    do throws(Diagnostic) {
      let order = try TestOrder(json: JSONValue(parsing: Array(order.utf8), source: "the order"))
      guard let test = PluginTest.named(order.test) else { return }
      // Orphans of what the plugin starts are to be seen here, and ended with this process.
      rp_adopt_orphans()
      _ = rp_spare_parent()
      Confinement.begin(writable: writable, isWatched: true)
      PluginLimits.guardProcess(reportsJSON: true)
      for kind in LentMemory.Kind.allCases {
        announcer.lending(LentMemory.shared.addresses(of: kind), kind.meaning)
      }
      announcer.answer(answer(to: test, Bench(order, announcer)))
    } catch {
      announcer.answer(TestAnswer(finding: error))
    }
  }

  /// The test's own folder, and the one where a build that measures coverage keeps its counts.
  private static var writable: [String] {
    let counts = ProcessEnvironment.variables["LLVM_PROFILE_FILE"].flatMap { path in
      path.lastIndex(of: "/").map { String(path[...$0]) }
    }
    return ["."] + [counts].compactMap { $0 }
  }

  /// Runs one test in this process, which the plugin may end: for a debugger.
  static func runHere(_ test: PluginTest, _ order: TestOrder) -> TestAnswer {
    answer(to: test, Bench(order, Announcer(nonce: "", descriptor: -1)))
  }

  private static func answer(to test: PluginTest, _ bench: Bench) -> TestAnswer {
    var answer = TestAnswer()
    do throws(Diagnostic) {
      if case .skipped(let reason) = try test.body(bench) { answer.skipped = reason }
      // A plugin that is refused was not described.
      if test.id == PluginTest.first.id { answer.description = try bench.plugin().description }
      try hold(bench.result, against: bench.order.reference, test)
      if test.tier >= .honest { try bench.afterLoading?.check("after calls") }
    } catch { answer.finding = finding(error) }
    // What the host has seen is the cause of what follows from it.
    if let breach = bench.inspector.breach { answer.finding = breach }
    if test.tier >= .honest || answer.finding != nil, let reach = reach() { answer.finding = reach }
    answer.result = bench.result
    answer.fuzzCase = bench.fuzzPath
    bench.announcer.step("the end of the process")
    return answer
  }

  /// Whether this process has come to what the other one has.
  private static func hold(_ result: String?, against reference: String?, _ test: PluginTest) throws(Diagnostic) {
    guard let reference, let result, result != reference else { return }
    throw Diagnostic(
      test.code, "another process comes to something else", expected: "equal bits: \(reference)", found: result,
      notes: ["the other process was started at another time, with another environment and other addresses"])
  }

  /// What the plugin has tried to do elsewhere.
  private static func reach() -> Diagnostic? {
    let attempts = Confinement.attempts
    guard let first = attempts.first else { return nil }
    return Diagnostic(
      .findingReach, "the plugin reaches for what is not its business: it \(first)", expected: "calls that compute",
      found: first, notes: attempts.dropFirst().map { "it \($0)" } + ["all of it was refused"])
  }

  /// What the host reports in a run is a finding here.
  private static func finding(_ error: Diagnostic) -> Diagnostic {
    var finding = error
    if error.code == .pluginException { finding.code = .findingException }
    if error.code == .pluginFloatingPoint { finding.code = .findingFloatingPoint }
    finding.hints = []
    return finding
  }
}
