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
  /// Rounds for what is only seen in whole pages, as long as they take no longer.
  private static let manyRounds = 2000
  private static let patience = Duration.milliseconds(250)

  /// Runs a body many times.
  /// - Throws: ``Diagnostics/ErrorCode/findingMemory``, if each of three measurements grows.
  static func require(_ what: String, _ body: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    for _ in 0..<rounds { try body() }
    var growths: [Double] = []
    for _ in 0..<3 {
      let before = rp_allocated_bytes()
      for _ in 0..<rounds { try body() }
      growths.append(Double(Int(clamping: rp_allocated_bytes()) - Int(clamping: before)) / Double(rounds))
      guard growths.last ?? 0 > allowed else { return try requirePages(what, body) }
    }
    throw finding(what, growths, "of malloc's")
  }

  /// Memory that malloc knows nothing of: mapped, or another allocator's.
  private static func requirePages(_ what: String, _ body: () throws(Diagnostic) -> Void) throws(Diagnostic) {
    var growths: [Double] = []
    for _ in 0..<3 {
      let (before, start) = (pages, ContinuousClock().now)
      var done = 0
      while done < manyRounds, ContinuousClock().now - start < patience {
        try body()
        done += 1
      }
      // A few pages come and go.
      let grown = Double((pages - before - 16) * 4096) / Double(max(1, done))
      growths.append(grown)
      guard grown > allowed else { return }
    }
    throw finding(what, growths, "in pages of the process")
  }

  private static func finding(_ what: String, _ growths: [Double], _ whose: String) -> Diagnostic {
    Diagnostic(
      .findingMemory, "memory grows with the number of \(what)", expected: "as much as before",
      found: "\(Decimals.text(growths.min() ?? 0)) bytes \(whose) more after each round",
      notes: ["in each of three measurements"])
  }

  /// Pages that are resident, or mapped for data; what grows more.
  private static var pages: Int {
    let counts = Folders.line("/proc/self/statm").split(separator: " ").compactMap { Int($0) }
    return counts.count > 5 ? counts[1] + counts[5] : 0
  }
}
