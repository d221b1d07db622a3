import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

extension FillLaws {
  /// Ranges that begin and end at pages that cannot be touched.
  static func guardPages(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    for fillCase in try bench.fillSubject().cases {
      let total = fillCase.total
      let counts = fillCase.isElementwise ? [total, 1, total / 2 + 1, min(total, 13)] : [total]
      for (count, atEnd) in counts.flatMap({ [($0, true), ($0, false)] }) where count <= total {
        guard let memory = GuardedMemory(4 * count, atEnd: atEnd) else { return .skipped("there is no memory") }
        memory.announce(by: bench.announcer)
        let first = fillCase.isElementwise ? (total - count) / 2 : 0
        bench.announcer.step("fill of elements \(first..<(first + count)) of \(fillCase.name) between guarded pages")
        try fillCase.fill(memory.bytes, from: first, stream: RandomStream(seed: 1, name: fillCase.context.name))
      }
    }
    return .passed
  }

  /// A tensor of more than 2^33 elements, of which some around 2^32 are filled.
  static func offsets(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let subject = try bench.fillSubject()
    let offers = [
      FillOffers.weight([1 << 20, 1 << 14]), FillOffers.weight([1 << 17, 1 << 14, 3, 3]),
      FillOffers.plain([1 << 34], .bias), FillOffers.plain([1 << 34], .scale),
    ]
    let cases = try bench.accepted(offers, by: subject.arguments).cases.filter(\.isElementwise)
    guard !cases.isEmpty else { return .skipped("it does not accept tensors of that size, or fills them as a whole") }
    for fillCase in cases {
      for center in [1 << 31, 1 << 32, 1 << 33] { try requireOffset(center, fillCase, bench) }
    }
    return .passed
  }

  private static func requireOffset(_ center: Int, _ fillCase: FillCase, _ bench: Bench) throws(Diagnostic) {
    bench.announcer.step("fill of 32 elements around \(center) of \(fillCase.name)")
    func fill(_ range: Range<Int>) throws(Diagnostic) -> [UInt32] {
      do throws(Diagnostic) { return try fillCase.range(range) } catch {
        guard error.isRefusal else { throw error }
        throw Diagnostic(
          .findingPast32Bits, "a range past 2^\(center.trailingZeroBitCount) fails: \(error.message)",
          at: "\(fillCase.name), elements \(range)", expected: "RI_OK, or a refusal by check", found: error.found)
      }
    }
    let around = try fill((center - 16)..<(center + 16))
    let parts = try fill((center - 16)..<center) + fill(center..<(center + 16))
    try requireEqual(around, parts, "in one piece and in two", fillCase, center)
    let (start, later) = (try fill(0..<32), try fill(64..<96))
    // Where the first elements are alike, or have nothing to do with chance, those here may be the same.
    let otherSeed = try fillCase.range(0..<32, seed: 2)
    guard start != later, start != otherSeed, bench.dependsOnChance(start) else { return }
    guard bench.dependsOnChance(around) else {
      throw Diagnostic(
        .findingPast32Bits, "elements around \(center) have equal values", at: fillCase.name,
        expected: "values of their own, as elsewhere", found: "\(Set(around).count) different ones of \(around.count)")
    }
    let wrapped = try fill(center..<(center + 32))
    guard wrapped == start else { return }
    throw Diagnostic(
      .findingPast32Bits, "the elements from \(center) on are those from 0 on", at: fillCase.name,
      expected: "values of their own", found: "equal bits: the offset is cut to \(center.trailingZeroBitCount) bits")
  }

  private static func requireEqual(
    _ a: [UInt32], _ b: [UInt32], _ how: String, _ fillCase: FillCase, _ center: Int
  ) throws(Diagnostic) {
    guard let index = a.indices.first(where: { a[$0] != b[$0] }) else { return }
    throw Diagnostic(
      .findingPast32Bits, "elements around \(center) differ, filled \(how)", at: fillCase.name, expected: "equal bits",
      found: "element \(center - 16 + index): \(difference(a, b, index))")
  }

  /// Each use of a service fails once: the call has to fail then, or to come to the same values without it.
  static func failures(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    var failed: Set<String> = []
    for fillCase in try bench.fillSubject().cases {
      let expected = try fillCase.whole()
      for use in 0..<60 {
        bench.announcer.step("fill of \(fillCase.name) while the \(use + 1). use of a service fails")
        let (outcome, service) = bench.inspector.faults.failing(at: use) { () -> Result<[UInt32], Diagnostic> in
          do throws(Diagnostic) { return .success(try fillCase.whole()) } catch { return .failure(error) }
        }
        guard let service else { break }
        failed.insert(service.rawValue)
        try requirePassedOn(outcome, expected, service.rawValue, fillCase.name)
      }
    }
    return failed.isEmpty ? .skipped("it uses no service that can fail") : .passed
  }

  private static func requirePassedOn(
    _ outcome: Result<[UInt32], Diagnostic>, _ expected: [UInt32], _ service: String, _ place: String
  ) throws(Diagnostic) {
    switch outcome {
    case .failure(let error): guard error.isRefusal else { throw error }
    case .success(let values):
      guard values != expected else { return }
      throw Diagnostic(
        .findingFailureIgnored, "\(service) failed, and fill says that it succeeded with other values", at: place,
        expected: "a status that is not RI_OK, or the values as they are otherwise", found: "RI_OK")
    }
  }

  /// `service` gives nothing.
  static func services(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let subject = try bench.fillSubject()
    bench.inspector.faults.withholdsServices = true
    defer { bench.inspector.faults.withholdsServices = false }
    for fillCase in subject.cases {
      bench.announcer.step("fill of \(fillCase.name) without services")
      let expected = fillCase
      do throws(Diagnostic) {
        let again = try bench.drawn(subject.arguments, fillCase.context)
        let buffer = FillBuffer(again.total, margin: again.total)
        try again.fill(buffer, stream: RandomStream(seed: 1, name: expected.context.name))
      } catch {
        guard error.isRefusal else { throw error }
        throw Diagnostic(
          .findingServiceNeeded, "it does not work where an optional service is missing: \(error.message)",
          at: fillCase.name, expected: "the same by other means", found: error.found)
      }
    }
    return .passed
  }

  /// `cancelled` says yes from the start.
  static func cancel(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let cases = try bench.fillSubject().cases
    bench.inspector.faults.isCancelled = true
    defer { bench.inspector.faults.isCancelled = false }
    for fillCase in cases {
      bench.announcer.step("fill of \(fillCase.name) that is told to stop")
      do throws(Diagnostic) { _ = try fillCase.whole() } catch {
        guard error.isRefusal else { throw error }
      }
    }
    return .passed
  }

  /// The calls on a thread with little stack.
  static func stack(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let subject = try bench.fillSubject()
    try SmallThread.run { () throws(Diagnostic) in
      for fillCase in subject.cases {
        bench.announcer.step("fill of \(fillCase.name) on a thread with \(SmallThread.stack >> 10) KiB of stack")
        _ = try bench.drawn(subject.arguments, fillCase.context).whole()
      }
    }
    return .passed
  }
}

extension Bench {
  /// Whether values look like drawn ones rather than like a pattern: most of them are different.
  func dependsOnChance(_ bits: [UInt32]) -> Bool { Set(bits).count > bits.count / 2 }
}
