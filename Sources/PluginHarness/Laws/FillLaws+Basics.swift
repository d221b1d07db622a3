import Diagnostics
import Initializers
import LayerVocabulary
import Tensors

extension FillLaws {
  /// Every element is written, and finite; also in a second call with other contents before.
  static func fill(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    for fillCase in try bench.fillSubject().cases {
      bench.announcer.step("fill of \(fillCase.name)")
      let stream = RandomStream(seed: 1, name: fillCase.context.name)
      let buffers = FillBuffer.Pattern.allCases.map {
        FillBuffer(fillCase.total, margin: 2 * fillCase.total + 1024, pattern: $0)
      }
      for buffer in buffers { try fillCase.fill(buffer, stream: stream) }
      try requireWritten(buffers, fillCase)
      try requireFinite(buffers[0].floats, fillCase)
    }
    return .passed
  }

  private static func requireWritten(_ buffers: [FillBuffer], _ fillCase: FillCase) throws(Diagnostic) {
    let bits = buffers.map(\.floats)
    let unwritten = bits[0].indices.filter { index in
      zip(bits, buffers).allSatisfy { $0[index] == $1.pattern.rawValue }
    }
    guard let first = unwritten.first else { return }
    throw Diagnostic(
      .findingUnwritten, "\(unwritten.count) of \(fillCase.total) elements are never written", at: fillCase.name,
      expected: "each of out[0] to out[count - 1]", found: "element \(first) as it was")
  }

  static func requireFinite(_ bits: [UInt32], _ fillCase: FillCase) throws(Diagnostic) {
    guard !fillCase.givesNonFinite, let index = bits.firstIndex(where: { !Float(bitPattern: $0).isFinite }) else {
      return
    }
    throw Diagnostic(
      .findingNotFinite, "element \(index) of \(fillCase.total) is not finite", at: fillCase.name,
      expected: "a finite number, or a refusal by check", found: "\(Float(bitPattern: bits[index]))")
  }

  /// No elements: of a tensor that has some, and of one that has none.
  static func empty(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let subject = try bench.fillSubject()
    for fillCase in subject.cases where fillCase.isElementwise {
      bench.announcer.step("fill of 0 elements of \(fillCase.name)")
      try requireEmpty(fillCase, from: fillCase.total / 2)
      try requireEmpty(fillCase, from: fillCase.total)
    }
    let offers = bench.offers.map { offer in
      var offer = offer
      offer.shape = Shape(offer.shape.sizes.enumerated().map { $0 == 0 ? 0 : $1 })
      return offer
    }
    for fillCase in try bench.accepted(offers.filter { $0.shape.rank > 0 }, by: subject.arguments).cases {
      bench.announcer.step("fill of \(fillCase.name)")
      try requireEmpty(fillCase, from: 0)
    }
    return .passed
  }

  private static func requireEmpty(_ fillCase: FillCase, from first: Int) throws(Diagnostic) {
    let buffer = FillBuffer(0, margin: fillCase.total + 64)
    let stream = RandomStream(seed: 1, name: fillCase.context.name)
    do throws(Diagnostic) { try fillCase.fill(buffer, from: first, stream: stream) } catch {
      guard error.isRefusal else { throw error }
      throw Diagnostic(
        .findingEmpty, "a range of no elements is an error: \(error.message)", at: "\(fillCase.name), offset \(first)",
        expected: "RI_OK, and nothing written", found: error.found)
    }
    try buffer.requireMargin("\(fillCase.name), count 0 from \(first)")
  }

  /// Margins on both sides, and contents of another kind before.
  static func range(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    for fillCase in try bench.fillSubject().cases {
      let total = fillCase.total
      let ranges =
        fillCase.isElementwise && total > 3 ? [0..<total, 1..<(total - 1), (total / 2)..<total] : [0..<total]
      for range in ranges {
        bench.announcer.step("fill of elements \(range) of \(fillCase.name)")
        let stream = RandomStream(seed: 1, name: fillCase.context.name)
        let buffers = FillBuffer.Pattern.allCases.map {
          FillBuffer(range.count, margin: 2 * total + 1024, pattern: $0)
        }
        for buffer in buffers {
          try fillCase.fill(buffer, from: range.lowerBound, stream: stream)
          try buffer.requireMargin("\(fillCase.name), elements \(range)")
        }
        let again = FillBuffer(range.count, margin: 2 * total + 1024)
        try fillCase.fill(again, from: range.lowerBound, stream: stream)
        try requireWriteOnly(buffers, again, "\(fillCase.name), elements \(range)")
      }
    }
    return .passed
  }

  /// What differs for equal contents before is no matter of those.
  private static func requireWriteOnly(
    _ buffers: [FillBuffer], _ again: FillBuffer, _ place: String
  ) throws(Diagnostic) {
    let bits = buffers.map(\.floats)
    if let index = bits[0].indices.first(where: { bits[0][$0] != again.floats[$0] }) {
      throw notRepeatable(bits[0], again.floats, index, place)
    }
    guard let index = bits[0].indices.first(where: { bits[0][$0] != bits[1][$0] }) else { return }
    throw Diagnostic(
      .findingOldValues, "the values depend on what was in the memory before", at: place,
      expected: "equal bits whatever was there",
      found: "element \(index) differs: \(difference(bits[0], bits[1], index))")
  }

  private static func notRepeatable(_ a: [UInt32], _ b: [UInt32], _ index: Int, _ place: String) -> Diagnostic {
    Diagnostic(
      .findingNotRepeatable, "the same call gives other bits when it is made again", at: place, expected: "equal bits",
      found: "element \(index) differs: \(difference(a, b, index))")
  }

  static func difference(_ a: [UInt32], _ b: [UInt32], _ index: Int) -> String {
    "\(Float(bitPattern: a[index])) and \(Float(bitPattern: b[index]))"
  }

  /// Each refusal that was met has a text.
  static func refusals(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let refusals = try bench.fillSubject().refusals
    guard let silent = refusals.first(where: \.isSilent) else {
      return refusals.isEmpty ? .skipped("it refuses nothing that it is offered") : .passed
    }
    throw Diagnostic(
      .findingSilent, "a tensor is refused without a reason", at: silent.place,
      expected: "a text by host->fail before the status is returned", found: silent.found)
  }

  /// The same calls again; their bits, for another process to compare.
  static func repeated(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    var print = Fingerprint()
    for fillCase in try bench.fillSubject().cases {
      bench.announcer.step("fill of \(fillCase.name), again")
      let first = try fillCase.whole()
      for round in 1...3 {
        let again = try fillCase.whole()
        guard let index = first.indices.first(where: { first[$0] != again[$0] }) else { continue }
        throw notRepeatable(first, again, index, "\(fillCase.name), call \(round + 1)")
      }
      for bits in first { withUnsafeBytes(of: bits) { print.add($0) } }
    }
    bench.result = print.text
    return .passed
  }
}
