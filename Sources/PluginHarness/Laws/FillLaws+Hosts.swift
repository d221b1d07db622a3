import CPluginCalls
import Diagnostics
import Initializers
import PluginHost
import Tensors

extension FillLaws {
  /// The values of a host whose structs are longer.
  static func hosts(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let subject = try bench.fillSubject()
    let expected = try subject.cases.map { (fillCase) throws(Diagnostic) in try fillCase.whole() }
    for (name, shape) in HostShapes.all {
      bench.use(try bench.load(shape: shape))
      for (fillCase, values) in zip(subject.cases, expected) {
        bench.announcer.step("fill of \(fillCase.name), by \(name)")
        let found: [UInt32]
        do throws(Diagnostic) { found = try bench.drawn(subject.arguments, fillCase.context).whole() } catch {
          guard error.isRefusal else { throw error }
          throw Diagnostic(
            .findingHostVersion, "it does not work with \(name): \(error.message)", at: fillCase.name,
            expected: "the same as with this one", found: error.found)
        }
        guard found != values else { continue }
        throw Diagnostic(
          .findingHostVersion, "it gives other values with \(name)", at: fillCase.name, expected: "equal bits",
          found: "other bits")
      }
    }
    return .passed
  }

  /// Memory after many calls, three times: what a cache takes once is no leak.
  static func memory(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    bench.use(try bench.load(isInspected: false))
    let cases = try bench.fillSubject().cases.filter { $0.total <= 1000 }
    guard !cases.isEmpty else { return .skipped("its tensors are large") }
    bench.announcer.step("many fills")
    let buffers = cases.map { FillBuffer($0.total, margin: 0) }
    try MemoryGrowth.require("calls of fill") { () throws(Diagnostic) in
      for (fillCase, buffer) in zip(cases, buffers) {
        try fillCase.fill(buffer, stream: RandomStream(seed: 1, nameHash: 1))
      }
    }
    return .passed
  }
}

/// Whether memory grows with the number of calls.
enum MemoryGrowth {
  private static let rounds = 200
  /// Bytes that a round may take and keep: less than the smallest allocation.
  private static let allowed = 12.0

  /// Runs a body many times.
  /// - Throws: ``Diagnostics/ErrorCode/findingMemory``, if each of three measurements grows.
  static func require(_ what: String, _ body: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    for _ in 0..<rounds { try body() }
    var growths: [Double] = []
    for _ in 0..<3 {
      let before = used
      for _ in 0..<rounds { try body() }
      growths.append(Double(used - before) / Double(rounds))
      guard growths.last ?? 0 > allowed else { return }
    }
    throw Diagnostic(
      .findingMemory, "memory grows with the number of \(what)", expected: "as much as before",
      found: "\(Decimals.text(growths.min() ?? 0)) bytes more after each round",
      notes: ["in each of three measurements of \(rounds) rounds"])
  }

  /// What malloc has given out.
  private static var used: Int { Int(clamping: rp_allocated_bytes()) }
}
