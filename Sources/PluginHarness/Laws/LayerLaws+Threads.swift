import CallText
import Diagnostics
import Functors
import Inference
import Initializers
import JSONText
import LayerVocabulary
import PluginHost
import Tensors

extension LayerLaws {
  /// Bodies of `parallel` on one thread and on several, in pieces of other sizes each time.
  static func parallel(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let plan = bench.inspector.parallel
    defer { plan.threads = 0 }
    let verdict = try forEachPass(bench) { (variant, layer, inputs) throws(Diagnostic) in
      for inputs in [inputs, larger(inputs)] {
        plan.threads = 1
        let uses = plan.uses
        guard let alone = try accepted(layer, inputs), plan.uses > uses else { continue }
        for threads in FillLaws.threadCounts + FillLaws.threadCounts {
          plan.threads = threads
          bench.announcer.step("forward of \(variant.text) on \(threads) threads")
          let pass = ForwardPass(threads: threads)
          guard areEqual(try layer.forward(inputs, in: pass), alone) else {
            throw Diagnostic(
              .findingNotReentrant, "\(threads) threads of 'parallel' give other outputs than one", at: variant.text,
              expected: "equal bits", found: "other values")
          }
        }
      }
    }
    return plan.uses == 0 ? .skipped("it does not use parallel") : verdict
  }

  /// The same with many rows, so that there is something to share.
  private static func larger(_ inputs: [Tensor]) -> [Tensor] {
    inputs.enumerated().map { index, input in
      guard let first = input.shape.sizes.first, input.shape.rank > 1 else { return input }
      let rows = max(first, 20_000 / max(1, input.shape.count / max(1, first)))
      return InputValues.tensor(Shape([rows] + input.shape.sizes.dropFirst()), input.dtype, number: index)
    }
  }

  /// The first lives and passes of all by eight threads at once, in new processes.
  static func first(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    guard let step = try LayerHistory(bench).steps.first else {
      return .skipped("nothing can be told to a new process")
    }
    let alone = try FreshProcess.answer(bench) { () throws(Diagnostic) in try step.fingerprint(bench) }
    for _ in 0..<8 {
      bench.announcer.step("first passes of \(step.text) by eight threads at once, in a new process")
      let other = try FreshProcess.answer(bench) { () throws(Diagnostic) in
        let seen = Cells<String>(repeating: alone, count: 8)
        try Together.run(8) { (number) throws(Diagnostic) in
          if seen[number] == alone { seen[number] = try step.fingerprint(bench) }
        }
        return seen.array.first { $0 != alone } ?? ""
      }
      guard !other.isEmpty else { continue }
      throw Diagnostic(
        .findingNotReentrant, "eight threads whose calls are the first ones get other outputs than one", at: step.text,
        expected: "equal bits", found: "other values",
        notes: ["what is made at first use has to be made once, and seen only when it is whole"])
    }
    return .passed
  }

  /// Layers of these arguments and of those, one after another; each as in a process that has seen nothing else.
  static func history(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let steps = try LayerHistory(bench).steps
    guard !steps.isEmpty else { return .skipped("nothing can be told to a new process") }
    bench.announcer.step("passes in processes that have seen nothing else")
    let alone = try steps.map { (step) throws(Diagnostic) in
      try FreshProcess.answer(bench) { () throws(Diagnostic) in try step.fingerprint(bench) }
    }
    bench.inspector.recycle(true)
    defer { bench.inspector.recycle(false) }
    for index in FillHistory.order(steps.count) {
      bench.announcer.step("forward of \(steps[index].text) after others")
      guard try steps[index].fingerprint(bench) != alone[index] else { continue }
      throw Diagnostic(
        .findingSharedState, "what was made and run before changes the output", at: steps[index].text,
        expected: "the bits of a process that runs nothing else", found: "other values",
        notes: ["a cache has to be found by everything that its contents depend on, and not by addresses"])
    }
    return .passed
  }
}

/// Lives and passes of one layer that differ in one thing each.
struct LayerHistory {
  /// A layer of arguments without nested ones, and inputs; plain data, for another process.
  struct Step: Sendable {
    let arguments: [InitializerArgument]
    let text: String
    let shapes: [[Int]]
    let dtype: DType

    /// What tells its output from others, or that it is refused.
    func fingerprint(_ bench: Bench) throws(Diagnostic) -> String {
      let variant = LayerVariant(arguments: arguments, nested: [], text: text)
      do throws(Diagnostic) {
        let layer = try bench.filled(variant)
        let inputs = shapes.enumerated().map { InputValues.tensor(Shape($1), dtype, number: $0) }
        var print = Fingerprint()
        for output in try LayerLaws.output(layer, inputs) { output.withBytes { print.add($0) } }
        return print.text
      } catch {
        guard error.isRefusal || error.code == .findingFresh else { throw error }
        return "refused"
      }
    }
  }
  let steps: [Step]

  /// The lives to compare; the plugin's layers are not made in this process.
  init(_ bench: Bench) throws(Diagnostic) {
    _ = try bench.catalog()
    let parameters = try bench.layer().parameters
    guard try bench.layer().abilities.contains("forward") else {
      steps = []
      return
    }
    bench.announcer.step("what is accepted, in another process")
    let text = try FreshProcess.answer(bench) { () throws(Diagnostic) in try LayerHistory.found(bench) }
    var steps: [Step] = []
    for entry in try JSONValue(parsing: Array(text.utf8), source: "a copy of the process").array ?? [] {
      let arguments = try bench.arguments(of: entry["text"]?.string ?? "", parameters)
      let shapes = (entry["shapes"]?.array ?? []).map { ($0.array ?? []).compactMap(\.int) }
      let dtype = entry["dtype"]?.string.flatMap(DType.init(rawValue:)) ?? .f32
      let text = try bench.shown(arguments, of: parameters)
      steps.append(Step(arguments: arguments, text: text, shapes: shapes, dtype: dtype))
      if let first = shapes.first, first.count > 1 {
        steps.append(
          Step(arguments: arguments, text: text, shapes: shapes.map { [$0[0] + 3] + $0.dropFirst() }, dtype: dtype))
      }
    }
    self.steps = Array(steps.prefix(12))
  }

  /// What passes, and with which inputs: each way in which it is made, and other values of each parameter.
  private static func found(_ bench: Bench) throws(Diagnostic) -> String {
    var entries: [JSONValue] = []
    let passing = try bench.passing().filter(\.nested.isEmpty)
    for variant in passing { entries.append(try entry(variant, variant.inputs, bench)) }
    for parameter in try bench.layer().parameters {
      guard let first = passing.first else { break }
      for arguments in ArgumentGuess.others(of: parameter, in: first.arguments, count: 2) {
        let variant = LayerVariant(arguments: arguments, nested: [], text: try bench.text(arguments))
        do throws(Diagnostic) {
          entries.append(try entry(variant, bench.inputs(of: bench.filled(variant), variant.text), bench))
        } catch {
          guard error.isRefusal || [.findingNoInput, .findingFresh].contains(error.code) else { throw error }
        }
      }
    }
    return JSONValue.array(entries).compact
  }

  private static func entry(
    _ variant: LayerVariant, _ inputs: [Tensor], _ bench: Bench
  ) throws(Diagnostic) -> JSONValue {
    let shapes = inputs.map { JSONValue.array($0.shape.sizes.map { .integer(Int64($0)) }) }
    return [
      "text": .string(try bench.text(variant.arguments)), "shapes": .array(shapes),
      "dtype": .string(inputs.first?.dtype.rawValue ?? "f32"),
    ]
  }
}
