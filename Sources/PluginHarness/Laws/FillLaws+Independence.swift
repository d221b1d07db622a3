import Diagnostics
import Functors
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

extension FillLaws {
  /// What a single look must be less likely than.
  private static let limit = 1e-4

  /// Elements of which a distribution is declared are drawn independently: within a tensor, and of those of others.
  static func independence(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let subject = try bench.fillSubject()
    var isDeclared = false
    for fillCase in try independents(subject, bench) {
      guard let declared = try declared(bench, subject.arguments, fillCase.context),
        let distribution = Distribution(declared), distribution.variance > 0
      else { continue }
      isDeclared = true
      bench.announcer.step("fill of \(fillCase.name), for its elements to be compared with one another")
      let sample = try LargeBuffer(fillCase, bench).filled(from: 0, seed: bench.order.seed &+ 1)
      try requireNoRepetition(sample)
      try requireOther(sample, try LargeBuffer(fillCase, bench).filled(from: 0, seed: bench.order.seed &+ 2))
      try requireDifferent(sample, distribution)
      try requireUncorrelated(fillCase, distribution, bench)
    }
    return isDeclared ? .passed : .skipped("it declares no distribution of its values")
  }

  /// A small tensor, and one in which what comes again after many elements can be seen.
  private static func independents(_ subject: FillSubject, _ bench: Bench) throws(Diagnostic) -> [FillCase] {
    let offers = [
      FillOffers.weight([700, 300]), FillOffers.weight([458, 458]), FillOffers.weight([364, 64, 3, 3]),
      FillOffers.plain([209_715], .bias), FillOffers.plain([209_715], .scale),
    ]
    let large = try bench.accepted(offers, by: subject.arguments).cases.first
    let small = subject.cases.max { $0.total < $1.total }
    return [large, small].compactMap(\.self).filter { $0.total > 64 }
  }

  private static func requireNoRepetition(_ sample: LargeBuffer) throws(Diagnostic) {
    let equal = Independence.equalNeighbors(sample.bits)
    guard equal <= 8 + sample.bits.count / 10_000 else {
      throw dependent(
        sample, "neighbors have equal values", "\(equal) of \(sample.bits.count) elements equal the one before")
    }
    guard let (first, second) = Independence.repetition(sample.bits) else { return }
    throw dependent(
      sample, "values come again in the same order",
      "elements from \(second) on are those from \(first) on: a period of \(second - first)")
  }

  private static func requireOther(_ sample: LargeBuffer, _ other: LargeBuffer) throws(Diagnostic) {
    guard let (first, second) = Independence.meeting(sample.bits, other.bits) else { return }
    throw dependent(
      sample, "the values of one seed come again under the next one",
      "elements from \(second) on are those from \(first) on under the other seed")
  }

  /// Values that are far fewer than 24 bits can tell apart.
  private static func requireDifferent(_ sample: LargeBuffer, _ distribution: Distribution) throws(Diagnostic) {
    // In a narrow range far from 0 there are few numbers of single precision.
    guard distribution.variance.squareRoot() > 1e-3 * abs(distribution.mean) else { return }
    let (count, distinct) = (sample.bits.count, Independence.distinct(sample.bits))
    guard distinct < count - count / 8 else { return }
    throw dependent(sample, "values come again too often", "\(distinct) different ones of \(count)")
  }

  private static func requireUncorrelated(
    _ fillCase: FillCase, _ distribution: Distribution, _ bench: Bench
  ) throws(Diagnostic) {
    var failures: [Goodness] = []
    for round in 0..<3 {
      let buffer = LargeBuffer(fillCase, bench)
      let stream = RandomStream(seed: bench.order.seed &* 3 &+ UInt64(round), name: "sample.\(round)")
      try fillCase.fill(buffer.bytes, from: 0, stream: stream)
      let uniforms = buffer.bits.map { distribution.below(Double(Float(bitPattern: $0))) }
      let goodness = Independence.worst(of: uniforms, row: fillCase.context.shape.sizes.last ?? 1)
      guard goodness.p < limit else { return }
      failures.append(goodness)
    }
    throw Diagnostic(
      .findingDependent, "elements depend on one another", at: fillCase.name,
      expected: "\(failures[0].what) \(failures[0].expected)", found: failures[0].found,
      notes: failures.map { "p = \(Decimals.text($0.p)) by the \($0.what)" })
  }

  private static func dependent(_ sample: LargeBuffer, _ message: String, _ found: String) -> Diagnostic {
    Diagnostic(
      .findingDependent, message, at: sample.fillCase.name, expected: "elements drawn independently, as it declares",
      found: found)
  }
}
