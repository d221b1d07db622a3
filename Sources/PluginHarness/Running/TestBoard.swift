import Diagnostics

/// Which tests wait, run and are done.
struct TestBoard {
  /// What a worker is to do next.
  enum Next {
    case run(PlannedTest)
    /// It is not run, for that reason.
    case settled(PlannedTest, String)
    /// Everything that is left waits for what runs.
    case later
    /// Everything is done or running.
    case none
  }

  private var waiting: [PlannedTest] = []
  private var running: Set<String> = []
  private(set) var results: [String: TestResult] = [:]
  /// What other processes have to come to, by the test that came to it.
  var references: [String: String?] = [:]
  /// When tests ended.
  private(set) var ends: [String: ContinuousClock.Instant] = [:]
  /// Whether nothing is to be started any more.
  var isBroken = false

  init() {}

  /// The tests that are asked for; the first one is done.
  init(_ planned: [PlannedTest], _ first: Runner.Done) {
    let id = first.result.id
    results[id] = first.result
    references[id] = first.answer
    ends[id] = first.end
    // What compares processes has to wait for a second, in which others can run.
    let rest = planned.filter { $0.id != id }
    waiting = rest.filter { $0.test.reference == nil } + rest.filter { $0.test.reference != nil }
  }

  mutating func next() -> Next {
    guard !isBroken, !waiting.isEmpty else { return .none }
    for (index, planned) in waiting.enumerated() {
      switch readiness(of: planned) {
      case .waits: continue
      case .blocked(let reason):
        waiting.remove(at: index)
        return .settled(planned, reason)
      case .ready:
        waiting.remove(at: index)
        running.insert(planned.id)
        return .run(planned)
      }
    }
    return .later
  }

  mutating func finish(_ planned: PlannedTest, _ result: TestResult) {
    running.remove(planned.id)
    results[planned.id] = result
    ends[planned.id] = ContinuousClock().now
  }

  private enum Readiness { case ready, waits, blocked(String) }

  private func readiness(of planned: PlannedTest) -> Readiness {
    for id in planned.prerequisites {
      if running.contains(id) || waiting.contains(where: { $0.id == id }) { return .waits }
      guard let result = results[id] else { continue }
      if result.finding != nil || result.isBlocked { return .blocked(TestResult.after + id) }
    }
    return .ready
  }
}

extension TestResult {
  /// How the reason of a test begins that stands on one that has failed.
  static let after = "not run after "

  /// Whether it was not run because of another one.
  var isBlocked: Bool { outcome == .skipped && reason?.hasPrefix(TestResult.after) == true }
}
