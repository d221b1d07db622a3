import CallText
import Diagnostics
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

extension FillLaws {
  /// Random values differ between seeds and between names; values that do neither are none of chance's.
  static func streams(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    var isRandom = false
    let subject = try bench.fillSubject()
    for fillCase in subject.cases where fillCase.total >= 8 {
      bench.announcer.step("fill of \(fillCase.name) under other seeds and names")
      let base = try fillCase.whole(stream: RandomStream(seed: 1, name: "a.weight"))
      let otherSeeds = try [2, 3, 1 << 40, 1 + 1 << 32].map { (seed: UInt64) throws(Diagnostic) in
        try fillCase.whole(stream: RandomStream(seed: seed, name: "a.weight"))
      }
      let otherNames = try ["b.weight", "a.weight2", "layer4.1.conv2.weight"].map { (name) throws(Diagnostic) in
        var context = fillCase.context
        context.name = name
        return try bench.drawn(subject.arguments, context).whole(stream: RandomStream(seed: 1, name: name))
      }
      let (bySeed, byName) = (otherSeeds.contains { $0 != base }, otherNames.contains { $0 != base })
      isRandom = isRandom || bySeed || byName
      guard bySeed != byName else { continue }
      throw Diagnostic(
        bySeed ? .findingName : .findingSeed,
        bySeed
          ? "the values depend on the seed and not on the tensor's name"
          : "the values depend on the name and not on the seed",
        at: fillCase.name, expected: "a stream of (seed, name)",
        found: bySeed ? "equal bits for four names" : "equal bits for four seeds")
    }
    guard isRandom else { return .skipped("its values have nothing to do with chance") }
    try requireAllSeeds(subject, bench)
    try requireAllNames(subject, bench)
    return .passed
  }

  /// Seeds that differ in one bit from another one, each bit in turn: no two of them give the same.
  private static func requireAllSeeds(_ subject: FillSubject, _ bench: Bench) throws(Diagnostic) {
    bench.announcer.step("fills under seeds that differ in one bit")
    var seen: [String: UInt64] = [:]
    for seed in [1] + (0..<64).map({ 1 ^ UInt64(1) << $0 }) {
      let print = try fingerprint(subject.cases, RandomStream(seed: seed, name: "a.weight"))
      if let other = seen.updateValue(seed, forKey: print) {
        throw Diagnostic(
          .findingSeed, "two seeds give the same values", at: subject.description.name,
          expected: "other values for each seed", found: "equal bits for \(other) and \(seed)",
          notes: ["they differ in bit \((other ^ seed).trailingZeroBitCount)"])
      }
    }
  }

  /// Names that differ in one letter, in their order, in their length.
  private static let names: [String] = {
    let name = "block.12.attention.query.weight"
    let changed = name.indices.filter { name[$0] != "." }.map { index in
      name.replacingCharacter(at: index, by: name[index] == "7" ? "8" : "7")
    }
    return [name, "block.21.attention.query.weight", name + "2", "x" + name, "block.12.query.attention.weight"]
      + changed
  }()

  private static func requireAllNames(_ subject: FillSubject, _ bench: Bench) throws(Diagnostic) {
    bench.announcer.step("fills under names that differ in one letter")
    var seen: [String: String] = [:]
    for name in names {
      let cases = try subject.cases.map { (fillCase) throws(Diagnostic) in
        var context = fillCase.context
        context.name = name
        return try bench.drawn(subject.arguments, context)
      }
      let print = try fingerprint(cases, RandomStream(seed: 1, name: name))
      if let other = seen.updateValue(name, forKey: print) {
        throw Diagnostic(
          .findingName, "two names give the same values", at: subject.description.name,
          expected: "other values for each name", found: "equal bits for '\(other)' and '\(name)'")
      }
    }
  }

  /// What tells the values of all tensors from others.
  private static func fingerprint(_ cases: [FillCase], _ stream: RandomStream) throws(Diagnostic) -> String {
    var print = Fingerprint()
    for fillCase in cases where fillCase.total >= 8 {
      for bits in try fillCase.whole(stream: stream) { withUnsafeBytes(of: bits) { print.add($0) } }
    }
    return print.text
  }

  /// Another value of each parameter gives other values somewhere.
  static func parameters(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let subject = try bench.fillSubject()
    // Where the test's sources are does not matter: they are wherever they are looked for.
    let places = subject.description.sources.flatMap(\.parameters)
    let parameters = subject.description.parameters.filter { !$0.mayHaveNoEffect && !places.contains($0.name) }
    guard !parameters.isEmpty else { return .skipped("it has no parameters that must have an effect") }
    for parameter in parameters {
      bench.announcer.step("fills with other values of '\(parameter.name)'")
      guard let tried = try effect(of: parameter, subject, bench) else { continue }
      throw Diagnostic(
        .findingParameter, "the parameter '\(parameter.name)' has no effect", at: subject.description.name,
        expected: "other values for \(tried.joined(separator: ", "))", found: "equal bits for every tensor",
        notes: ["RI_PARAM_MAY_HAVE_NO_EFFECT says that this is meant"])
    }
    return .passed
  }

  /// The values that were tried in vain; nil where one has an effect, or none was accepted.
  private static func effect(
    of parameter: PluginParameter, _ subject: FillSubject, _ bench: Bench
  ) throws(Diagnostic) -> [String]? {
    var tried: [String] = []
    for base in try bases(subject, without: parameter, bench) {
      let present = base.first { $0.name == parameter.name }?.value ?? parameter.defaultValue
      for attempt in 0..<6 {
        guard let value = ArgumentGuess.other(than: present, parameter, attempt) else { continue }
        let arguments = base.filter { $0.name != parameter.name } + [InitializerArgument(parameter.name, value)]
        let contexts = subject.cases.map(\.context)
        let before = try values(contexts, base, bench)
        let after = try values(contexts, arguments, bench)
        // What accepts other tensors has an effect already.
        guard before == after else { return nil }
        if !after.isEmpty { tried.append("\(parameter.name): \(value)") }
      }
    }
    return tried.isEmpty ? nil : Array(tried.prefix(4))
  }

  /// The values of all tensors that are accepted with those arguments.
  private static func values(
    _ contexts: [ParameterContext], _ arguments: [InitializerArgument], _ bench: Bench
  ) throws(Diagnostic) -> [[UInt32]] {
    try bench.accepted(contexts, by: arguments).cases.map { (fillCase) throws(Diagnostic) in try fillCase.whole() }
  }

  /// Arguments under which a parameter may matter: as they are, and with each word and switch set otherwise.
  private static func bases(
    _ subject: FillSubject, without parameter: PluginParameter, _ bench: Bench
  ) throws(Diagnostic) -> [[InitializerArgument]] {
    var bases = [subject.arguments]
    for other in subject.description.parameters where other.name != parameter.name {
      guard other.kind == .word || other.kind == .bool else { continue }
      let present = subject.arguments.first { $0.name == other.name }?.value ?? other.defaultValue
      for attempt in 0..<max(1, other.choices.count - 1) {
        guard let value = ArgumentGuess.other(than: present, other, attempt) else { continue }
        bases.append(subject.arguments.filter { $0.name != other.name } + [InitializerArgument(other.name, value)])
      }
    }
    return bases
  }

  /// Layers that differ in their axes alone, of one shape: what needs fans has to tell some of them apart.
  static func fans(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    guard try bench.initializer().needsFans else { return .skipped("it needs no fans") }
    let subject = try bench.fillSubject()
    let geometries = [
      Geometry(), Geometry(outAxis: 1, inAxes: [0]), Geometry(groups: 6), Geometry(parts: 3),
      Geometry(outAxis: 1, inAxes: [0], isOneHot: true),
    ]
    var differences = 0
    var compared = 0
    for sizes in [[24, 6], [12, 48], [12, 6, 3, 3]] {
      let offers = geometries.map { FillOffers.weight(sizes, $0) }
      let cases = try bench.accepted(offers, by: subject.arguments).cases
      guard let first = cases.first else { continue }
      bench.announcer.step("fill of \(first.name) in layers of other fans")
      let bits = try first.whole()
      for other in cases.dropFirst() {
        compared += 1
        if try other.whole() != bits { differences += 1 }
      }
    }
    guard compared > 0 else { return .skipped("it accepts no two layers of one shape") }
    guard differences == 0 else { return try modes(bench, subject) }
    throw Diagnostic(
      .findingFans, "layers of equal shapes and other fans get equal values", at: subject.description.name,
      expected: "values that follow fan_in and fan_out", found: "equal bits for \(compared) layers")
  }

  /// A mode that names one fan does not follow the other one.
  private static func modes(_ bench: Bench, _ subject: FillSubject) throws(Diagnostic) -> PluginTest.Verdict {
    guard let mode = subject.description.parameters.first(where: { $0.choices.contains("fan_in") }) else {
      return .passed
    }
    // Three packed maps have the inputs of one, and a third of its outputs for each.
    let offers = [FillOffers.weight([24, 6]), FillOffers.weight([24, 6], Geometry(parts: 3))]
    let arguments =
      subject.arguments.filter { $0.name != mode.name } + [InitializerArgument(mode.name, .word("fan_in"))]
    let cases = try bench.accepted(offers, by: arguments).cases
    guard cases.count == 2, try cases[0].whole() != cases[1].whole() else { return .passed }
    throw Diagnostic(
      .findingFans, "with '\(mode.name): fan_in' the values follow fan_out", at: subject.description.name,
      expected: "equal values for equal fan_in", found: "other values for fan_out 24 and 8")
  }
}

extension String {
  fileprivate func replacingCharacter(at index: Index, by character: Character) -> String {
    var copy = self
    copy.replaceSubrange(index...index, with: [character])
    return copy
  }
}
