import CallText
import Diagnostics
import Functors
import Inference
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

extension LayerLaws {
  /// Nothing is held once all layers are gone, after each of the ways in which a layer lives.
  static func handles(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let variants = try bench.variants()
    try requireNothingHeld("create", bench)
    for variant in variants { _ = try bench.filled(variant) }
    try requireNothingHeld("create, rebuild and destroy", bench)
    for variant in variants {
      let layer = try bench.filled(variant)
      _ = try? layer.instance.rebuilt(rawParts: [])
    }
    try requireNothingHeld("a rebuild that was refused", bench)
    for variant in try bench.passing() {
      let layer = try bench.filled(variant)
      _ = try output(layer, variant.inputs)
      _ = try? layer.inferSpecs(variant.inputs.map(TensorSpec.init))
    }
    try requireNothingHeld("a forward pass", bench)
    return .passed
  }

  static func requireNothingHeld(_ what: String, _ bench: Bench) throws(Diagnostic) {
    let held = bench.inspector.held
    guard held != 0 else { return }
    throw Diagnostic(
      .findingLeaked, "\(held) references are still held after \(what), with all layers destroyed",
      expected: "as many releases as references", found: "\(held) not released")
  }

  /// Two instances of other arguments and values, in turns.
  static func interleaved(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    guard let first = try bench.passing().first else { return .skipped("it has no forward pass") }
    for other in try [first] + relatives(of: first, bench) {
      let layer = try bench.filled(first)
      let inputs = first.inputs
      let alone = try output(layer, inputs)
      let second = try bench.changed(bench.filled(other)) { InputValues.moved($0) }
      let otherInputs = try bench.inputs(of: second, other.text)
      let otherAlone = try output(second, otherInputs)
      bench.announcer.step("forward of \(first.text) and of \(other.text) in turns")
      let again = try output(layer, inputs)
      guard areEqual(again, alone), areEqual(try output(second, otherInputs), otherAlone),
        areEqual(try output(bench.filled(first), inputs), alone)
      else {
        throw Diagnostic(
          .findingSharedState, "another instance changes the output of this one", at: first.text,
          expected: "equal bits with and without \(other.text)", found: "other values")
      }
    }
    return .passed
  }

  /// The same layer with other numbers.
  private static func relatives(of first: LayerVariant, _ bench: Bench) throws(Diagnostic) -> [LayerVariant] {
    var relatives: [LayerVariant] = []
    for parameter in try bench.layer().parameters where parameter.kind != .bool && parameter.kind != .word {
      let present = first.arguments.first { $0.name == parameter.name }?.value ?? parameter.defaultValue
      guard let value = ArgumentGuess.other(than: present, parameter, 0) else { continue }
      let rest = first.arguments.filter { $0.name != parameter.name }
      let arguments = rest + [InitializerArgument(parameter.name, value)]
      let text = try bench.shown(arguments, of: bench.layer().parameters)
      let variant = LayerVariant(arguments: arguments, nested: first.nested, text: text)
      do throws(Diagnostic) {
        _ = try bench.inputs(of: bench.filled(variant), variant.text)
        relatives.append(variant)
      } catch { guard error.isRefusal || error.code == .findingNoInput else { throw error } }
    }
    return relatives
  }

  /// One instance, and one after the other, by several threads at once.
  static func threads(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    try forEachPass(bench) { (variant, layer, inputs) throws(Diagnostic) in
      let other = try bench.changed(layer) { InputValues.moved($0) }
      let moved = inputs.map { InputValues.moved($0) }
      let expected = [
        try output(layer, inputs), try output(other, inputs), try output(layer, moved), try output(other, moved),
      ]
      bench.announcer.step("forward of \(variant.text) by eight threads at once")
      try Workers.run(64, threads: 8) { (number) throws(Diagnostic) in
        let found = try output(number % 2 == 0 ? layer : other, number % 4 < 2 ? inputs : moved)
        guard !areEqual(found, expected[number % 4]) else { return }
        throw Diagnostic(
          .findingNotReentrant, "several threads at once get other outputs than one", at: variant.text,
          expected: "equal bits", found: "other values")
      }
      try Workers.run(32, threads: 8) { (_) throws(Diagnostic) in
        _ = try PluginLayer(layer.instance.rebuilt(rawParts: layer.instance.ownParts))
      }
    }
  }

  /// Each use of a service fails once, in every kind of call.
  static func failures(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    var failed = 0
    for variant in try bench.variants() {
      failed += try fail("create", variant, bench) { () throws(Diagnostic) in
        try bench.make(variant).instance.children.compactMap { $0.tensor?.tensor }
      }
      let layer = try bench.filled(variant)
      failed += try fail("rebuild", variant, bench) { () throws(Diagnostic) in
        try layer.instance.rebuilt(rawParts: layer.instance.ownParts).children.compactMap { $0.tensor?.tensor }
      }
    }
    for variant in try bench.passing() {
      let (layer, inputs) = (try bench.filled(variant), variant.inputs)
      failed += try fail("forward", variant, bench) { () throws(Diagnostic) in try output(layer, inputs) }
      guard try bench.layer().abilities.contains("infer") else { continue }
      failed += try fail("infer", variant, bench) { () throws(Diagnostic) in
        try layer.inferSpecs(inputs.map(TensorSpec.init)).map { Tensor(lazy: $0.shape, dtype: $0.dtype) }
      }
    }
    return failed == 0 ? .skipped("it uses no service that can fail") : .passed
  }

  private static func fail(
    _ call: String, _ variant: LayerVariant, _ bench: Bench, _ body: () throws(Diagnostic) -> [Tensor]
  ) throws(Diagnostic) -> Int {
    let expected = try body()
    let before = bench.inspector.held
    for use in 0..<60 {
      bench.announcer.step("\(call) of \(variant.text) while the \(use + 1). use of a service fails")
      let (outcome, service) = bench.inspector.faults.failing(at: use) { () -> Result<[Tensor], Diagnostic> in
        do throws(Diagnostic) { return .success(try body()) } catch { return .failure(error) }
      }
      guard let service else { return use }
      try requirePassedOn(outcome, expected, "\(service.rawValue) failed in \(call)", variant)
      guard bench.inspector.held == before else {
        throw Diagnostic(
          .findingLeaked, "references are kept where \(service.rawValue) failed in \(call)", at: variant.text,
          expected: "what was taken before is released", found: "\(bench.inspector.held - before) not released")
      }
    }
    return 60
  }

  private static func requirePassedOn(
    _ outcome: Result<[Tensor], Diagnostic>, _ expected: [Tensor], _ what: String, _ variant: LayerVariant
  ) throws(Diagnostic) {
    switch outcome {
    case .failure(let error):
      guard error.isRefusal || error.code == .pluginOutput else { throw error }
      // A success all the same, with nothing to show for it.
      guard error.code == .pluginOutput || error.message.hasSuffix(PluginLayerType.nothing) else { return }
    case .success(let outputs):
      let isSame =
        outputs.count == expected.count
        && zip(outputs, expected).allSatisfy { a, b in
          a.shape == b.shape && (a.isLazy && b.isLazy || a.hasSameBits(as: b))
        }
      guard !isSame else { return }
    }
    throw Diagnostic(
      .findingFailureIgnored, "\(what), and the call says that it succeeded", at: variant.text,
      expected: "a status that is not RI_OK", found: "RI_OK")
  }

  /// `service` gives nothing.
  static func services(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    bench.inspector.faults.withholdsServices = true
    defer { bench.inspector.faults.withholdsServices = false }
    do throws(Diagnostic) {
      return try forEachPass(bench) { (_, layer, inputs) throws(Diagnostic) in _ = try output(layer, inputs) }
    } catch {
      guard error.isRefusal || [.findingNotMade, .findingNoInput].contains(error.code) else { throw error }
      throw Diagnostic(
        .findingServiceNeeded, "it does not work where an optional service is missing: \(error.message)",
        at: error.place, expected: "the same by other means", found: error.found)
    }
  }

  /// `cancelled` says yes from the start.
  static func cancel(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    try forEachPass(bench) { (_, layer, inputs) throws(Diagnostic) in
      bench.inspector.faults.isCancelled = true
      defer { bench.inspector.faults.isCancelled = false }
      do throws(Diagnostic) { _ = try output(layer, inputs) } catch { guard error.isRefusal else { throw error } }
    }
  }

  /// All calls on a thread with little stack.
  static func stack(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let variants = try bench.variants()
    let passing = try bench.passing()
    try SmallThread.run { () throws(Diagnostic) in
      for variant in variants {
        let instance = try bench.make(variant).instance
        _ = try instance.rebuilt(rawParts: instance.ownParts)
      }
      for variant in passing { _ = try output(bench.filled(variant), variant.inputs) }
    }
    return .passed
  }
}
