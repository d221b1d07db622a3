import CallText
import Diagnostics
import Functors
import Inference
import Initializers
import LayerVocabulary
import Layers
import PluginHost
import Tensors

extension LayerLaws {
  /// An input goes through, and comes out finite.
  static func forward(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    try forEachPass(bench) { (variant, layer, inputs) throws(Diagnostic) in
      try requireFinite(try output(layer, inputs), variant, "normal inputs")
    }
  }

  /// The shapes and types that are inferred are those of the outputs; what one accepts, the other does.
  static func infer(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    guard try bench.layer().abilities.contains("infer") else { return .skipped("it has no inference of shapes") }
    return try forEachPass(bench) { (variant, layer, inputs) throws(Diagnostic) in
      try requireInferred(layer, inputs, try output(layer, inputs), variant.text, bench)
      try requireInferred(try bench.make(variant), inputs, try output(layer, inputs), variant.text, bench)
    }
  }

  static func requireInferred(
    _ layer: PluginLayer, _ inputs: [Tensor], _ outputs: [Tensor], _ text: String, _ bench: Bench
  ) throws(Diagnostic) {
    bench.announcer.step("infer of \(text) for \(inputs.map { TensorSpec($0).text })")
    let shapes = outputs.map(\.shape)
    let inferred: [TensorSpec]
    do throws(Diagnostic) { inferred = try layer.inferSpecs(inputs.map(TensorSpec.init)) } catch {
      guard error.isRefusal else { throw error }
      throw Diagnostic(
        .findingInfer, "infer refuses what forward accepts: \(error.message)", at: text, expected: "\(shapes)",
        found: error.found)
    }
    guard inferred.map(\.shape) == shapes else {
      throw Diagnostic(
        .findingInfer, "infer says other shapes than forward gives", at: text, expected: "\(shapes), as forward gives",
        found: "\(inferred.map(\.shape))")
    }
    guard inferred != outputs.map(TensorSpec.init) else { return }
    throw Diagnostic(
      .findingInfer, "infer says other types of elements than forward gives", at: text,
      expected: "\(outputs.map(\.dtype)), as forward gives", found: "\(inferred.map(\.dtype))")
  }

  /// The same pass again; its bits, for another process to compare.
  static func repeated(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    var print = Fingerprint()
    let verdict = try forEachPass(bench) { (variant, layer, inputs) throws(Diagnostic) in
      let first = try output(layer, inputs)
      for round in 1...3 where !areEqual(try output(layer, inputs), first) {
        throw Diagnostic(
          .findingForwardRepeat, "the same pass gives another output the \(round + 1). time", at: variant.text,
          expected: "equal bits", found: "other values")
      }
      for output in first { output.withBytes { print.add($0) } }
    }
    bench.result = print.text
    return verdict
  }

  /// Inputs and parameters hold the same bits after a pass.
  static func inputs(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    try forEachPass(bench) { (variant, layer, inputs) throws(Diagnostic) in
      let children = try layer.instance.rawChildren()
      let before = inputs.map { Array($0.floats) }
      let tensors = layer.instance.children.compactMap { $0.tensor?.tensor }
      let parameters = tensors.map(\.elements)
      _ = try output(layer, inputs)
      for (index, values) in before.enumerated() where inputs[index].floats != values {
        throw Diagnostic(
          .findingInputWritten, "forward writes to input \(index)", at: variant.text, expected: "the input as it was",
          found: "element \(zip(values, inputs[index].floats).enumerated().first { $1.0 != $1.1 }?.offset ?? 0) changed"
        )
      }
      try requireSame(children, try layer.instance.rawChildren(), variant)
      for (tensor, values) in zip(tensors, parameters) where tensor.elements != values {
        throw Diagnostic(
          .findingInputWritten, "forward writes to a parameter", at: variant.text, expected: "the parameter as it was",
          found: "other values in a tensor of shape \(tensor.shape)")
      }
    }
  }

  /// Another value of each parameter changes what comes out.
  static func parameters(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    try forEachPass(bench) { (variant, layer, inputs) throws(Diagnostic) in
      let expected = try output(layer, inputs)
      for (index, child) in layer.instance.children.enumerated() {
        guard child.isTensor, let tensor = child.tensor?.tensor, tensor.dtype.isFloatingPoint, tensor.count > 0,
          let role = layer.children[index].role, role != .buffer
        else { continue }
        var parts = layer.children.map(\.node)
        parts[index] = InputValues.moved(tensor)
        bench.announcer.step("forward of \(variant.text) with another '\(name(index, layer))'")
        let other = try layer.rebuilt(from: parts)
        guard areEqual(try output(other, inputs), expected) else { continue }
        throw Diagnostic(
          .findingChildUnused, "the \(role.rawValue) '\(name(index, layer))' has no part in the output",
          at: variant.text,
          expected: "another output for other values", found: "equal bits")
      }
    }
  }

  /// The parameters that it tells make the same layer again, before and after rebuilding.
  static func config(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let item = try bench.layer()
    guard item.abilities.contains("config"), !item.parameters.isEmpty else { return .skipped("it has no config") }
    for variant in try bench.variants() {
      let layer = try bench.filled(variant)
      bench.announcer.step("config of \(variant.text)")
      let told: [ArgumentValue]
      do throws(Diagnostic) { told = try layer.instance.toldValues() ?? [] } catch {
        throw Diagnostic(
          .findingConfig, "config does not tell the parameters: \(error.message)", at: variant.text,
          expected: "a value for each of \(item.parameters.count) parameters", found: error.found)
      }
      let arguments = zip(item.parameters, told).map { InitializerArgument($0.name, $1) }
      try requireGiven(arguments, variant)
      try requireSameShapes(arguments, layer, variant, bench)
    }
    return .passed
  }

  private static func requireGiven(_ told: [InitializerArgument], _ variant: LayerVariant) throws(Diagnostic) {
    for given in variant.arguments {
      guard let value = told.first(where: { $0.name == given.name })?.value, value != given.value else { continue }
      throw Diagnostic(
        .findingConfig, "config tells another '\(given.name)' than the layer was made with", at: variant.text,
        expected: "\(given.value)", found: "\(value)")
    }
  }

  private static func requireSameShapes(
    _ arguments: [InitializerArgument], _ layer: PluginLayer, _ variant: LayerVariant, _ bench: Bench
  ) throws(Diagnostic) {
    let again: PluginLayer
    do throws(Diagnostic) {
      again = try bench.make(LayerVariant(arguments: arguments, nested: variant.nested, text: variant.text))
    } catch {
      guard error.isRefusal else { throw error }
      throw Diagnostic(
        .findingConfig, "create refuses what config tells: \(error.message)", at: variant.text,
        expected: "the same layer again", found: error.found)
    }
    let shapes = { (layer: PluginLayer) in
      layer.instance.children.map { $0.tensor.map { "\($0.tensor.shape)" } ?? ($0.layer == nil ? "absent" : "layer") }
    }
    guard shapes(again) != shapes(layer) else { return }
    throw Diagnostic(
      .findingConfig, "what config tells makes another layer", at: variant.text,
      expected: shapes(layer).joined(separator: ", "), found: shapes(again).joined(separator: ", "))
  }
}

extension TensorSpec {
  /// `f32 [2, 8]`.
  fileprivate var text: String { "\(dtype) \(shape)" }
}

extension InputValues {
  /// Other values, each a little off; indices stay.
  static func moved(_ tensor: Tensor) -> Tensor {
    guard tensor.dtype.isFloatingPoint else { return tensor }
    var stream = RandomStream(seed: 11, name: "moved")
    return tensor.mapElements { $0 * 1.25 + 0.1 + 0.2 * Double(stream.nextUniform()) }
  }
}
