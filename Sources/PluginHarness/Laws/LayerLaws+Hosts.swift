import Diagnostics
import Functors
import Inference
import Initializers
import PluginHost
import Tensors

extension LayerLaws {
  /// The outputs of a host whose structs are longer.
  static func hosts(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let passing = try bench.passing()
    let variants = passing.isEmpty ? try bench.variants() : passing
    func run() throws(Diagnostic) -> [[Tensor]] {
      try variants.map { (variant) throws(Diagnostic) in
        let layer = try bench.filled(variant)
        guard !passing.isEmpty else { return layer.instance.children.compactMap { $0.tensor?.tensor } }
        _ = try? layer.inferSpecs(variant.inputs.map(TensorSpec.init))
        return try output(layer, variant.inputs)
      }
    }
    let expected = try run()
    for (name, shape) in HostShapes.all {
      bench.use(try bench.load(shape: shape))
      let found: [[Tensor]]
      do throws(Diagnostic) { found = try run() } catch {
        throw Diagnostic(
          .findingHostVersion, "it does not work with \(name): \(error.message)", at: error.place,
          expected: "the same as with this one", found: error.found)
      }
      for (variant, (a, b)) in zip(variants, zip(found, expected)) where !areEqual(a, b) {
        throw Diagnostic(
          .findingHostVersion, "it computes something else with \(name)", at: variant.text, expected: "equal bits",
          found: "other values")
      }
    }
    return .passed
  }

  /// Memory after many lives and passes.
  static func memory(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    bench.use(try bench.load(isInspected: false))
    let hasForward = try bench.layer().abilities.contains("forward")
    let variant = try bench.variants()[0]
    let layer = try bench.filled(variant)
    let inputs = hasForward ? try bench.inputs(of: layer, variant.text) : []
    bench.announcer.step("many lives and passes of \(variant.text)")
    try MemoryGrowth.require("lives and passes of a layer") { () throws(Diagnostic) in
      _ = try bench.make(variant)
      _ = try layer.instance.rebuilt(rawParts: layer.instance.ownParts)
      if hasForward { _ = try output(layer, inputs) }
    }
    return .passed
  }
}
