import Diagnostics

/// Tests a plugin: every law and limit of the ABI, each in a process of its own; the plugin is never loaded here.
///
///     let report = try PluginHarness.run(HarnessOptions("build/gabor.so"))
///     #expect(report.findings.isEmpty)
public enum PluginHarness {
  /// Runs the tests.
  /// - Parameter progress: told of each test as it ends, in the order of their ends, on any thread.
  /// - Throws: ``Diagnostics/ErrorCode/noSuchTest`` for a name that is none, ``Diagnostics/ErrorCode/harnessFailed``.
  public static func run(
    _ options: HarnessOptions, progress: @escaping @Sendable (TestResult) -> Void = { _ in }
  ) throws(Diagnostic) -> HarnessReport {
    try Runner(options, progress).run()
  }

  /// Runs one test in this process, without limits and handlers of its own, for a debugger: a plugin that crashes or
  /// ends the process does so here.
  ///
  /// `options.only` names the test with its subject, as reports do.
  /// - Throws: ``Diagnostics/ErrorCode/noSuchTest`` where it names none, or several.
  public static func runHere(_ options: HarnessOptions) throws(Diagnostic) -> TestResult {
    let words = options.only.first?.split(separator: ":", maxSplits: 1).map(String.init) ?? []
    guard options.only.count == 1, let test = words.first.flatMap(PluginTest.named),
      (test.target == .plugin) == (words.count == 1)
    else {
      throw Diagnostic(
        .noSuchTest, "one test is run in this process, and it is not named",
        expected: "--only TEST:SUBJECT, as in a report",
        found: options.only.isEmpty ? "none" : "'\(options.only.joined(separator: " "))'")
    }
    let planned = PlannedTest(test: test, subject: words.count == 2 ? words[1] : nil)
    let answer = TestProcess.runHere(test, TestOrder(options, planned))
    let outcome: TestResult.Outcome =
      answer.finding != nil ? .failed : answer.skipped != nil ? .skipped : .passed
    return TestResult(
      test: test, subject: planned.subject, outcome: outcome, finding: answer.finding, reason: answer.skipped,
      reproduction: Reproduction.command(options, planned, answer.fuzzCase), wall: .zero)
  }
}
