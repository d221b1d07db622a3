import CallText
import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

extension FillLaws {
  /// How many threads a host may have.
  static let threadCounts = [2, 3, 8]

  /// Bodies of `parallel` on one thread and on several, in pieces of other sizes each time.
  static func parallel(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let subject = try bench.fillSubject()
    let large = try bench.accepted(LargeFill.offers(of: LargeFill.sizes[0]), by: subject.arguments).cases.prefix(1)
    let plan = bench.inspector.parallel
    defer { plan.threads = 0 }
    for fillCase in Array(large) + subject.cases {
      bench.announcer.step("fill of \(fillCase.name) on one thread")
      plan.threads = 1
      let uses = plan.uses
      guard let alone = try unlessRefused(fillCase), plan.uses > uses else { continue }
      for threads in threadCounts + threadCounts {
        plan.threads = threads
        bench.announcer.step("fill of \(fillCase.name) on \(threads) threads")
        try requireSame(
          try fillCase.whole(), alone, fillCase, "\(threads) threads of 'parallel' give other bits than one")
      }
    }
    return plan.uses == 0 ? .skipped("it does not use parallel") : .passed
  }

  /// The values; nil where the plugin refuses, which is another law's business.
  private static func unlessRefused(_ fillCase: FillCase) throws(Diagnostic) -> [UInt32]? {
    do throws(Diagnostic) { return try fillCase.whole() } catch {
      guard error.isRefusal else { throw error }
      return nil
    }
  }

  private static func requireSame(
    _ found: [UInt32], _ alone: [UInt32], _ fillCase: FillCase, _ message: String
  ) throws(Diagnostic) {
    guard let index = found.indices.first(where: { found[$0] != alone[$0] }) else { return }
    throw Diagnostic(
      .findingNotReentrant, message, at: fillCase.name,
      expected: "element \(index): \(Float(bitPattern: alone[index]))",
      found: "\(Float(bitPattern: found[index]))")
  }

  /// The first calls of all by eight threads at once, in new processes.
  static func first(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let history = try FillHistory(bench)
    let steps = Array(history.steps.prefix(2))
    let alone = try steps.map { (step) throws(Diagnostic) in
      try FreshProcess.answer(bench) { () throws(Diagnostic) in try step.fingerprint(bench) }
    }
    for trial in 0..<12 {
      let step = steps[trial % steps.count]
      bench.announcer.step("first fills of \(step.name) by eight threads at once, in a new process")
      let together = try FreshProcess.answer(bench) { () throws(Diagnostic) in
        try firstTogether(step, expecting: alone[trial % steps.count], bench)
      }
      guard !together.isEmpty else { continue }
      throw Diagnostic(
        .findingNotReentrant, "eight threads whose calls are the first ones get other values than one", at: step.name,
        expected: "equal bits", found: "other bits",
        notes: ["what is made at first use has to be made once, and seen only when it is whole"])
    }
    return .passed
  }

  /// Nothing, or what was other than expected.
  private static func firstTogether(
    _ step: FillHistory.Step, expecting alone: String, _ bench: Bench
  ) throws(Diagnostic) -> String {
    let seen = Cells<String>(repeating: alone, count: 8)
    try Together.run(8) { (number) throws(Diagnostic) in
      if seen[number] == alone { seen[number] = try step.fingerprint(bench) }
    }
    return seen.array.first { $0 != alone } ?? ""
  }

  /// One tensor with these arguments and those, one after another; each as in a process that has seen nothing else.
  static func history(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let steps = try FillHistory(bench).steps
    bench.announcer.step("fills in processes that have seen nothing else")
    let alone = try steps.map { (step) throws(Diagnostic) in
      try FreshProcess.answer(bench) { () throws(Diagnostic) in try step.fingerprint(bench) }
    }
    bench.inspector.recycle(true)
    defer { bench.inspector.recycle(false) }
    for index in FillHistory.order(steps.count) {
      bench.announcer.step("fill of \(steps[index].name) after others")
      guard try steps[index].fingerprint(bench) != alone[index] else { continue }
      throw Diagnostic(
        .findingSharedState, "what was filled before changes the values", at: steps[index].name,
        expected: "the bits of a process that fills nothing else", found: "other bits",
        notes: ["a cache has to be found by everything that its contents depend on, and not by addresses"])
    }
    return .passed
  }
}

/// Fills of one initializer that differ in one thing each.
struct FillHistory {
  /// One fill: arguments and a tensor.
  struct Step: Sendable {
    let arguments: [InitializerArgument]
    var context: ParameterContext
    var seed: UInt64 = 1
    /// What a report says.
    var name: String {
      let list = arguments.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
      return "\(context.role.rawValue) \(context.shape) '\(context.name)' with (\(list)), seed \(seed)"
    }

    /// What tells its values from others, or that it is refused.
    func fingerprint(_ bench: Bench) throws(Diagnostic) -> String {
      guard let fillCase = try bench.accepted([context], by: arguments).cases.first else { return "refused" }
      var print = Fingerprint()
      for bits in try fillCase.whole(seed: seed) { withUnsafeBytes(of: bits) { print.add($0) } }
      return print.text
    }
  }
  let steps: [Step]

  /// The fills to compare; the plugin is not called in this process.
  init(_ bench: Bench) throws(Diagnostic) {
    _ = try bench.catalog()
    let item = try bench.initializer()
    let candidates = try bench.candidates(item.parameters)
    let offers = bench.offers
    bench.announcer.step("what is accepted, in another process")
    let text = try FreshProcess.answer(bench) { () throws(Diagnostic) in
      let subject = try bench.fillSubject()
      let candidate = candidates.firstIndex { $0 == subject.arguments } ?? 0
      let accepted = subject.cases.compactMap { fillCase in
        offers.firstIndex { $0.shape == fillCase.context.shape && $0.role == fillCase.context.role }
      }
      return ([candidate] + accepted).map(String.init).joined(separator: " ")
    }
    let numbers = text.split(separator: " ").compactMap { Int($0) }
    let arguments = candidates[numbers.first ?? 0]
    steps = FillHistory.steps(item, arguments, numbers.dropFirst().map { offers[$0] })
  }

  private static func steps(
    _ item: InitializerDescription, _ arguments: [InitializerArgument], _ accepted: [ParameterContext]
  ) -> [Step] {
    let larger = accepted.filter { $0.shape.count > 8 }
    guard let first = larger.first ?? accepted.first else { return [] }
    var steps = [Step(arguments: arguments, context: first)]
    if let second = larger.dropFirst().first { steps.append(Step(arguments: arguments, context: second)) }
    for parameter in item.parameters {
      for other in ArgumentGuess.others(of: parameter, in: arguments, count: 2) where steps.count < 20 {
        steps.append(Step(arguments: other, context: first))
      }
    }
    return steps + places(first, arguments)
  }

  /// The same arguments for tensors that differ in one thing.
  private static func places(_ first: ParameterContext, _ arguments: [InitializerArgument]) -> [Step] {
    func step(_ seed: UInt64 = 1, _ change: (inout ParameterContext) -> Void) -> Step {
      var context = first
      change(&context)
      return Step(arguments: arguments, context: context, seed: seed)
    }
    var steps = [
      step(2) { _ in }, step(1 + 1 << 32) { _ in }, step { $0.name = "block.2.other.weight" },
      step { $0.shape = Shape($0.shape.sizes.reversed()) }, step { $0.shape = Shape($0.shape.sizes.map { $0 + 3 }) },
      step { $0.block = (index: 5, count: 8) },
    ]
    if first.shape.rank == 2 { steps.append(step { $0.geometry = Geometry(outAxis: 1, inAxes: [0]) }) }
    return steps
  }

  /// Each after each of its neighbors, forwards and backwards, and the first one often.
  static func order(_ count: Int) -> [Int] {
    guard count > 0 else { return [] }
    let forwards = Array(0..<count)
    return forwards + forwards.reversed() + forwards.flatMap { [0, $0] } + Array(repeating: 0, count: 100)
  }
}
