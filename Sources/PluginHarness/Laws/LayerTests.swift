import Diagnostics
import Inference
import PluginHost
import Tensors

extension PluginTest {
  /// What is asked of each layer.
  static let layerTests: [PluginTest] = layersAtAll + layersHonestly + layersRobustly

  private static func layer(
    _ id: String, _ tier: Tier, _ proves: String, _ code: ErrorCode, after requires: [String], crash: ErrorCode? = nil,
    reference: String? = nil, _ body: @escaping @Sendable (Bench) throws(Diagnostic) -> Verdict
  ) -> PluginTest {
    PluginTest(
      "layer.\(id)", tier, .layer, proves, code, requires: requires.map { "layer.\($0)" }, crash: crash,
      reference: reference.map { "layer.\($0)" }, body: body)
  }

  private static let layersAtAll = [
    PluginTest(
      "layer.create", .works, .layer, "it can be made, with each switch and with layers nested in it", .findingNotMade,
      requires: ["load.entry"], body: LayerLaws.create),
    layer(
      "children", .works, "children are stable, and none is behind the last one", .findingUnstable, after: ["create"],
      LayerLaws.children),
    layer(
      "fresh", .works, "its own fresh state can be made, and is finite", .findingFresh, after: ["children"],
      LayerLaws.fresh),
    layer(
      "rebuild", .works, "rebuilding from its own parts gives the same layer, and leaves it alone", .findingRebuild,
      after: ["fresh"], LayerLaws.rebuild),
    layer(
      "forward", .works, "an input goes through, and what comes out is finite", .findingNoInput, after: ["rebuild"],
      LayerLaws.forward),
    layer(
      "infer", .works, "inferred shapes and types are those of the forward pass", .findingInfer, after: ["forward"],
      LayerLaws.infer),
  ]

  private static let layersHonestly = [
    layer(
      "inputs", .honest, "inputs and parameters are read only", .findingInputWritten, after: ["forward"],
      LayerLaws.inputs),
    layer(
      "repeat", .honest, "the same pass gives the same bits again", .findingForwardRepeat, after: ["inputs"],
      LayerLaws.repeated),
    layer(
      "processes", .honest, "another process gives the same bits", .findingProcessDependent, after: ["repeat"],
      reference: "repeat", LayerLaws.repeated),
    layer(
      "ties", .honest, "rebuilding keeps the very handles that it is given", .findingHandles, after: ["rebuild"],
      LayerLaws.ties),
    layer(
      "refuses", .honest, "parts that do not fit are refused, with a reason", .findingUnchecked, after: ["ties"],
      LayerLaws.refuses),
    layer(
      "config", .honest, "its parameters make the same layer again", .findingConfig, after: ["rebuild"],
      LayerLaws.config),
    layer(
      "handles", .honest, "every handle is released in the end", .findingLeaked, after: ["forward", "refuses"],
      LayerLaws.handles),
    layer(
      "parameters", .honest, "each weight, bias and scale has a part in the output", .findingChildUnused,
      after: ["repeat", "ties"], LayerLaws.parameters),
    layer(
      "rows", .honest, "any number of rows is computed, each as it is alone where it does not depend on others",
      .findingRows, after: ["repeat"], LayerLaws.rows),
    layer(
      "absent", .honest, "parts that are absent from now on are refused, or done without", .findingOutputNotFinite,
      after: ["refuses", "repeat"], LayerLaws.absent),
    layer(
      "parallel", .honest, "bodies of parallel on several threads give the bits of one", .findingNotReentrant,
      after: ["repeat"], LayerLaws.parallel),
    layer(
      "first", .honest, "threads whose calls are the first ones get the bits of one", .findingNotReentrant,
      after: ["processes"], LayerLaws.first),
    layer(
      "history", .honest, "other layers and inputs before change nothing", .findingSharedState,
      after: ["interleaved", "processes"], LayerLaws.history),
    layer(
      "interleaved", .honest, "instances do not know of each other", .findingSharedState,
      after: ["repeat", "parameters"], LayerLaws.interleaved),
    layer(
      "threads", .honest, "many threads at once give the bits of one", .findingNotReentrant, after: ["interleaved"],
      LayerLaws.threads),
  ]

  private static let layersRobustly = [
    layer(
      "dtypes", .robust, "other element types are refused, or computed as the same numbers in f32", .findingMisread,
      after: ["threads", "refuses"], LayerLaws.dtypes),
    layer(
      "fuzz", .robust, "strange parameters and inputs are refused, or borne", .findingInfer,
      after: ["threads", "infer", "handles"], LayerLaws.fuzz),
    layer(
      "failures", .robust, "a service that fails makes the call fail, and nothing leaks", .findingFailureIgnored,
      after: ["threads", "handles", "infer"], crash: .findingFailureIgnored, LayerLaws.failures),
    layer(
      "services", .robust, "it does without optional services", .findingServiceNeeded, after: ["threads"],
      crash: .findingServiceNeeded, LayerLaws.services),
    layer(
      "cancel", .robust, "a pass that is told to stop comes back", .findingHung, after: ["threads"], LayerLaws.cancel),
    layer(
      "stack", .robust, "256 KiB of stack are enough", .findingStack, after: ["threads"], crash: .findingStack,
      LayerLaws.stack),
    layer(
      "hosts", .certified, "a newer host changes nothing", .findingHostVersion, after: ["threads"],
      crash: .findingHostVersion, LayerLaws.hosts),
    layer(
      "memory", .certified, "memory does not grow with the number of calls", .findingMemory,
      after: ["handles", "repeat"],
      LayerLaws.memory),
  ]
}

/// The laws of layers.
enum LayerLaws {
  /// A pass on one thread.
  static func output(_ layer: PluginLayer, _ inputs: [Tensor]) throws(Diagnostic) -> [Tensor] {
    try layer.forward(inputs, in: ForwardPass(threads: 1))
  }

  /// Whether two lists of tensors have the same shapes and bits.
  static func areEqual(_ a: [Tensor], _ b: [Tensor]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { $0.shape == $1.shape && $0.hasSameBits(as: $1) }
  }

  /// Runs a body for each variant with inputs that it takes; skipped where the layer has no forward pass.
  static func forEachPass(
    _ bench: Bench, _ body: (LayerVariant, PluginLayer, [Tensor]) throws(Diagnostic) -> Void
  ) throws(Diagnostic) -> PluginTest.Verdict {
    let variants = try bench.passing()
    for variant in variants {
      let layer = try bench.filled(variant)
      bench.announcer.step("forward of \(variant.text)")
      try body(variant, layer, variant.inputs)
    }
    return variants.isEmpty ? .skipped("it has no forward pass") : .passed
  }
}
