import CallText
import Diagnostics
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

extension FillLaws {
  /// Random partitions, the pieces in random order.
  static func shards(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let cases = try bench.fillSubject().cases.filter(\.isElementwise)
    guard !cases.isEmpty else { return .skipped("it fills tensors as a whole") }
    var random = bench.random()
    for fillCase in cases {
      bench.announcer.step("fill of \(fillCase.name) in pieces")
      let whole = try fillCase.whole()
      for pieces in [2, 3, 7, 25] {
        let cuts = ([0, fillCase.total] + (1..<pieces).map { _ in Int.random(in: 0...fillCase.total, using: &random) })
          .sorted()
        for range in zip(cuts, cuts.dropFirst()).map({ $0..<$1 }).shuffled(using: &random) where !range.isEmpty {
          try requireShard(try fillCase.range(range), of: whole, range, fillCase)
        }
      }
    }
    return .passed
  }

  private static func requireShard(
    _ piece: [UInt32], of whole: [UInt32], _ range: Range<Int>, _ fillCase: FillCase
  ) throws(Diagnostic) {
    guard let index = piece.indices.first(where: { piece[$0] != whole[range.lowerBound + $0] }) else { return }
    let isFromStart = piece.indices.allSatisfy { piece[$0] == whole[$0] }
    let reason = isFromStart ? "it has the values of elements 0 to \(piece.count - 1): the offset is ignored" : nil
    let element = range.lowerBound + index
    throw Diagnostic(
      .findingShards, "a piece of a tensor has other bits than the whole", at: "\(fillCase.name), elements \(range)",
      expected: "element \(element): \(Float(bitPattern: whole[element]))", found: "\(Float(bitPattern: piece[index]))",
      notes: [reason].compactMap(\.self))
  }

  /// One tensor by several threads at once, again and again.
  static func threads(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    try concurrent(bench, rounds: 6)
  }

  static func stress(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    try concurrent(bench, rounds: 100)
  }

  /// Threads that fill pieces of several tensors of several streams, each held against what one thread gives.
  private static func concurrent(_ bench: Bench, rounds: Int) throws(Diagnostic) -> PluginTest.Verdict {
    let cases = try bench.fillSubject().cases
    let wholes = try cases.map { (fillCase) throws(Diagnostic) in
      [try fillCase.whole(seed: 1), try fillCase.whole(seed: 2)]
    }
    var random = bench.random()
    for round in 0..<rounds {
      bench.announcer.step("fills by eight threads at once, round \(round + 1)")
      let jobs = (0..<24).map { _ -> (Int, Int, Range<Int>) in
        let index = Int.random(in: cases.indices, using: &random)
        let total = cases[index].total
        let cut = cases[index].isElementwise ? Int.random(in: 0...total, using: &random) : 0
        return (index, Int.random(in: 0...1, using: &random), cut..<total)
      }
      try Workers.run(jobs.count, threads: 8) { (number) throws(Diagnostic) in
        let (index, stream, range) = jobs[number]
        guard !range.isEmpty else { return }
        let piece = try cases[index].range(range, seed: UInt64(stream + 1))
        guard piece != Array(wholes[index][stream][range]) else { return }
        throw Diagnostic(
          .findingNotReentrant, "several threads at once get other values than one", at: cases[index].name,
          expected: "equal bits", found: "other bits in elements \(range)")
      }
    }
    return .passed
  }

  /// Two tensors, two sets of arguments, in turns.
  static func interleaved(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let subject = try bench.fillSubject()
    guard let context = subject.cases.first(where: { $0.total > 8 })?.context else {
      return .skipped("its tensors are small")
    }
    try requireDefaults(bench, subject, context)
    let others = subject.description.parameters.flatMap {
      ArgumentGuess.others(of: $0, in: subject.arguments, count: 1)
    }
    guard !others.isEmpty else { return .skipped("it has no parameters that could be others") }
    for arguments in others {
      let fillCase = try bench.drawn(subject.arguments, context)
      bench.announcer.step("fill of \(fillCase.name), with other arguments in between")
      let alone = try fillCase.whole()
      guard let other = try bench.accepted([context], by: arguments).cases.first else { continue }
      let otherAlone = try other.whole(seed: 3)
      guard try fillCase.whole() == alone, try other.whole(seed: 3) == otherAlone else {
        throw Diagnostic(
          .findingSharedState, "a call with other arguments in between changes the values", at: fillCase.name,
          expected: "equal bits", found: "other bits")
      }
    }
    return .passed
  }

  /// A default that is given is the same as one that is left out.
  private static func requireDefaults(
    _ bench: Bench, _ subject: FillSubject, _ context: ParameterContext
  ) throws(Diagnostic) {
    let given = subject.description.parameters.compactMap { parameter in
      let value = subject.arguments.first { $0.name == parameter.name }?.value ?? parameter.defaultValue
      return value.map { InitializerArgument(parameter.name, $0) }
    }
    bench.announcer.step("fill of \(context.shape) with each default given")
    let implicit = try bench.drawn(subject.arguments, context).whole()
    guard try bench.drawn(given, context).whole() != implicit else { return }
    throw Diagnostic(
      .findingSharedState, "defaults that are given make other values than defaults that are left out",
      at: subject.description.name, expected: "equal bits", found: "other bits")
  }
}
