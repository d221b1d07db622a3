import PluginKit

/// A gated residual over the last axis: `y = x + weight ∘ inner(x) + bias`.
struct GatedResidual: DescribedForwardLayer {
  static let name = "MyPlugin"
  static let summary = "gated residual: y = x + weight ∘ inner(x) + bias"
  static let parameters = [
    Parameter.int("size", in: .atLeast(1), "elements of the last axis"),
    Parameter.bool("bias", default: true, "whether there is a bias"),
  ]
  static let nestedLayers = 0...1
  /// The host makes them, names them, fills them, and makes the layer again with others.
  static let children = [
    ChildRow.tensor("weight", .scale, "[size]", fresh: "constant(0.1)"),
    ChildRow.tensor("bias", .bias, "[size]", when: "bias"),
    ChildRow.layer("inner"),  // the layer that the user nests; absent: the identity
  ]

  let size: Int

  init(_ arguments: Arguments) throws(PluginError) { size = try arguments.int("size") }

  /// One input [..., size], one output of the same shape; shapes are inferred by it too, as far as `output`.
  func forward(_ pass: Pass) throws(PluginError) {
    let x = try pass.floats(0)
    try x.require(lastAxis: size)
    var z = x
    if let inner = try pass.childLayer("inner") {
      z = try pass.floats(inner, of: pass.tensor(0), "what the nested layer gives")
    }
    try z.require(shape: x.shape)
    let (w, b) = (try pass.childFloats("weight"), try pass.optionalChildFloats("bias"))
    let y = try pass.output(0, shape: x.shape)
    for i in y.indices { y[i] = x[i] + w[i % size] * z[i] + (b?[i % size] ?? 0) }
  }
}

/// What the host is told.
@c func reinit_plugin() {
  Plugin.register(id: "org.example.my-plugin", version: "1.0.0", license: "MIT", summary: "a layer") {
    $0.add(GatedResidual.self)
  }
}
