import CallText
import Diagnostics
import Inference
import Initializers
import LayerVocabulary
import PluginHost
import Tensors

/// Arguments for a layer, and shapes of inputs.
struct StrangeLayer: Strange {
  var arguments: [InitializerArgument]
  var nested: LayerVariant
  var required: Set<String>
  var shape: [Int]
  var inputs: Int
  /// Of the inputs: indices for a layer that takes such.
  let dtype: DType

  init(_ variant: LayerVariant, _ item: LayerDescription, _ usual: TensorSpec?, _ random: inout RandomStream) {
    arguments = StrangeArguments.some(of: item.parameters, besides: variant.arguments, large: false, &random)
    nested = variant
    required = Set(item.parameters.filter { $0.defaultValue == nil }.map(\.name))
    shape = StrangeShapes.one(limit: 4000, &random)
    dtype = usual?.dtype ?? .f32
    // Half of the inputs are nearly right: the usual ones with one axis changed.
    if let usual = usual?.shape.sizes, !usual.isEmpty, Bool.random(using: &random) {
      shape = usual
      shape[Int.random(in: 0..<usual.count, using: &random)] = Int.random(in: 0...9, using: &random)
    }
    inputs = Int.random(
      in: item.inputs.lowerBound...min(item.inputs.upperBound, item.inputs.lowerBound + 2), using: &random)
  }

  var simpler: [StrangeLayer] {
    let byShape = StrangeShapes.simpler(shape).map { sizes in
      var copy = self
      copy.shape = sizes
      return copy
    }
    return byShape
      + StrangeArguments.simpler(arguments, keeping: required).map { arguments in
        var copy = self
        copy.arguments = arguments
        return copy
      }
  }

  var text: String {
    let list = arguments.map { "\($0.name): \($0.value)" }.joined(separator: ", ")
    let inside = nested.nested.map { " around \($0.kind.name)" }.joined()
    return "(\(list))\(inside) with \(inputs) inputs of shape \(shape)" + (dtype == .f32 ? "" : ", \(dtype)")
  }
}

extension LayerLaws {
  /// Strange layers are refused, or work; infer and forward agree for strange inputs.
  static func fuzz(_ bench: Bench) throws(Diagnostic) -> PluginTest.Verdict {
    let item = try bench.layer()
    let variants = try bench.variants()
    var usual: TensorSpec?
    if item.abilities.contains("forward") {
      let layer = try bench.filled(variants[0])
      usual = try bench.inputs(of: layer, variants[0].text).first.map(TensorSpec.init)
    }
    try Fuzzing.run(bench) { (random) throws(Diagnostic) in
      StrangeLayer(variants.randomElement(using: &random) ?? variants[0], item, usual, &random)
    } _: { (strange) throws(Diagnostic) in
      try bear(strange, item, bench)
    }
    return .passed
  }

  private static func bear(
    _ strange: StrangeLayer, _ item: LayerDescription, _ bench: Bench
  ) throws(Diagnostic) {
    let variant = LayerVariant(arguments: strange.arguments, nested: strange.nested.nested, text: strange.text)
    // What cannot be made, or not begun, is refused.
    guard let layer = try borne({ () throws(Diagnostic) in try bench.fresh(variant) }) else { return }
    guard item.abilities.contains("forward"),
      layer.instance.children.allSatisfy({ ($0.tensor?.tensor.count ?? 0) < 1 << 20 })
    else { return }
    let inputs = (0..<strange.inputs).map { InputValues.tensor(Shape(strange.shape), strange.dtype, number: $0) }
    bench.announcer.step("forward \(strange.text)")
    let outputs = try borne { () throws(Diagnostic) in try output(layer, inputs) }
    guard item.abilities.contains("infer") else { return }
    if let outputs {
      return try requireInferred(layer, inputs, outputs, strange.text, bench)
    }
    bench.announcer.step("infer \(strange.text)")
    guard let specs = try borne({ () throws(Diagnostic) in try layer.inferSpecs(inputs.map(TensorSpec.init)) }) else {
      return
    }
    throw Diagnostic(
      .findingInfer, "infer accepts what forward refuses", expected: "a refusal by both", found: "\(specs.map(\.shape))"
    )
  }

  /// The result, or nil for a refusal.
  private static func borne<Result>(_ body: () throws(Diagnostic) -> Result) throws(Diagnostic) -> Result? {
    do throws(Diagnostic) { return try body() } catch {
      guard error.isRefusal || error.code == .findingFresh else { throw error }
      guard error.isSilent else { return nil }
      throw Diagnostic(
        .findingSilent, "a call is refused without a reason", at: error.place,
        expected: "a text by host->fail before the status is returned", found: error.found)
    }
  }
}
