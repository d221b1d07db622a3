import Diagnostics
import Glibc
import PluginHost
import Synchronization
import Tensors

/// Runs a plugin's tests in processes, several at once, each when those that it stands on have passed.
final class Runner: Sendable {
  private let options: HarnessOptions
  private let progress: @Sendable (TestResult) -> Void
  private let child: TestChild
  private let clock = ContinuousClock()
  private let board = Mutex(TestBoard())

  /// - Throws: ``Diagnostics/ErrorCode/harnessFailed`` where there is no program to run tests with; names of no test.
  init(_ options: HarnessOptions, _ progress: @escaping @Sendable (TestResult) -> Void) throws(Diagnostic) {
    try TestPlan.check(options.only + options.leavingOut, nil)
    for file in [options.plugin] + options.others where access(file, F_OK) != 0 {
      throw Diagnostic(.noSuchFile, "there is no such plugin", at: file, found: String(cString: strerror(errno)))
    }
    guard let executable = options.executable ?? PluginScanner.standard?.executable else {
      throw Diagnostic(
        .harnessFailed, "tests are run by processes of 'reinit', which was not found", expected: "reinit on PATH",
        hints: ["PATH=PREFIX/bin:$PATH, with PREFIX as in Scripts/install --prefix PREFIX"])
    }
    (self.options, self.progress) = (options, progress)
    child = TestChild(executable: FilePaths.absolute(executable), callLimit: options.callLimit)
  }

  func run() throws(Diagnostic) -> HarnessReport {
    let start = clock.now
    let first = PlannedTest(test: PluginTest.first, subject: nil)
    let opened = try result(of: first)
    guard let description = opened.description else { return report([opened.result], nil, start) }
    try TestPlan.check(options.only + options.leavingOut, description)
    try TestPlan.check(options, description)
    let planned = TestPlan.tests(for: description, options)
    if planned.contains(where: { $0.id == first.id }) { progress(opened.result) }
    board.withLock { $0 = TestBoard(planned, opened) }
    try Workers.run(max(1, options.jobs), threads: max(1, options.jobs)) { (_) throws(Diagnostic) in try work() }
    let results = board.withLock { board in planned.compactMap { board.results[$0.id] } }
    return report(results, description, start)
  }

  /// Takes test after test until there is none.
  private func work() throws(Diagnostic) {
    while true {
      switch board.withLock({ $0.next() }) {
      case .none: return
      case .later: usleep(2000)
      case .settled(let planned, let reason): finish(planned, skipped(planned, reason))
      case .run(let planned):
        do throws(Diagnostic) {
          let done = try result(of: planned)
          board.withLock { $0.references[planned.id] = done.answer }
          finish(planned, done.result)
        } catch {
          board.withLock { $0.isBroken = true }
          throw error
        }
      }
    }
  }

  private func finish(_ planned: PlannedTest, _ result: TestResult) {
    board.withLock { $0.finish(planned, result) }
    progress(result)
  }

  private func skipped(_ planned: PlannedTest, _ reason: String) -> TestResult {
    TestResult(
      test: planned.test, subject: planned.subject, outcome: .skipped, reason: reason,
      reproduction: Reproduction.command(options, planned, nil), wall: .zero)
  }

  private func report(
    _ results: [TestResult], _ description: PluginDescription?, _ start: ContinuousClock.Instant
  ) -> HarnessReport {
    let met = results.filter { $0.outcome == .expected }
    let today = Today.text
    let unmet = options.expectations.entries.filter { entry in
      !met.contains { options.expectations.entry(for: $0, today: today) == entry }
    }
    return HarnessReport(
      plugin: options.plugin, description: description, tier: options.tier, seed: options.seed,
      isPartial: !options.only.isEmpty || !options.leavingOut.isEmpty, tests: results, unmetExpectations: unmet,
      wall: clock.now - start)
  }
}

extension Runner {
  /// What came of a test: its result, what other processes have to come to, what the plugin registered.
  struct Done: Sendable {
    var result: TestResult
    var answer: String?
    var description: PluginDescription?
    var end: ContinuousClock.Instant
  }

  private func result(of planned: PlannedTest) throws(Diagnostic) -> Done {
    var order = TestOrder(options, planned)
    if let reference = planned.reference { order.reference = try awaited(reference, planned) }
    var outcome = try child.run(planned.test, order)
    // What the user has said is wrong, and nothing of the plugin.
    if let error = outcome.answer.finding, error.code == .usage { throw error }
    let isCrash = outcome.answer.finding.map { $0.code != .findingHung } ?? false
    if isCrash, let fatal = outcome.fatalCase, options.fuzzCase == nil {
      outcome = try simplest(outcome, fatal, planned, order)
    }
    let path = outcome.answer.fuzzCase ?? outcome.fatalCase?.path
    var result = TestResult(
      test: planned.test, subject: planned.subject, outcome: .passed, finding: outcome.answer.finding,
      reason: outcome.answer.skipped, reproduction: Reproduction.command(options, planned, path), wall: outcome.wall)
    if outcome.answer.skipped != nil { result.outcome = .skipped }
    if outcome.answer.finding != nil { result.outcome = .failed }
    if let entry = options.expectations.entry(for: result, today: Today.text) {
      (result.outcome, result.reason) = (.expected, entry.reason)
    }
    return Done(
      result: result, answer: outcome.answer.result, description: outcome.answer.description, end: clock.now)
  }

  /// Seconds that lie between two processes whose results are compared: who takes the time for chance is found.
  private static let pause = Duration.milliseconds(1050)

  /// What the other process has come to; it is run now if it was not asked for.
  private func awaited(_ reference: String, _ planned: PlannedTest) throws(Diagnostic) -> String? {
    let known = board.withLock { board in board.ends[reference].map { (board.references[reference] ?? nil, $0) } }
    var (answer, end) = known ?? (nil, clock.now)
    if known == nil, let test = planned.test.reference.flatMap(PluginTest.named) {
      let other = PlannedTest(test: test, subject: test.target == .plugin ? nil : planned.subject)
      answer = try child.run(test, TestOrder(options, other)).answer.result
      end = clock.now
    }
    let rest = Runner.pause - (clock.now - end)
    if rest > .zero { usleep(useconds_t(rest / .microseconds(1))) }
    return answer
  }

  /// Looks for a simpler case that ends the process in the same way.
  private func simplest(
    _ outcome: TestChild.Outcome, _ fatal: (path: String, simplifications: Int), _ planned: PlannedTest,
    _ order: TestOrder
  ) throws(Diagnostic) -> TestChild.Outcome {
    var (outcome, fatal) = (outcome, fatal)
    var tries = 0
    var step = 0
    while step < fatal.simplifications, tries < 60 {
      tries += 1
      var simpler = order
      simpler.fuzzCase = "\(fatal.path)/\(step)"
      let next = try child.run(planned.test, simpler)
      if let found = next.fatalCase, next.answer.finding?.code == outcome.answer.finding?.code {
        (outcome, fatal, step) = (next, found, 0)
      } else {
        step += 1
      }
    }
    let place = outcome.answer.finding?.place ?? ""
    outcome.answer.finding?.notes.append("case \(fatal.path): \(place)")
    return outcome
  }
}
