import CReinit
import PluginKit

/// A gated residual over the last axis: `y = x + weight ∘ inner(x) + bias`.
struct GatedResidual: ForwardLayer {
  static let name = "MyPlugin"
  static let summary = "gated residual: y = x + weight ∘ inner(x) + bias"
  static let parameters = [
    Parameter.int("size", in: .atLeast(1), "elements of the last axis"),
    Parameter.bool("bias", default: true, "whether there is a bias"),
  ]
  static let nestedLayers = 0...1

  let size: Int
  var weight: TensorHandle
  var bias: TensorHandle?
  /// Nothing: the identity.
  var inner: LayerHandle?
}

// MARK: - A layer, from birth to death

extension GatedResidual {
  init(_ build: Build) throws(PluginError) {
    size = try build.arguments.int("size")
    weight = try build.call.tensor([size])
    bias = try build.arguments.bool("bias") ? build.call.tensor([size]) : nil
    inner = build.layers.first
  }

  var children: [Child] {
    let tensors: [Child] = [
      .tensor("weight", weight, .scale, fresh: "constant(0.1)"),
      .tensor("bias", bias, .bias),
    ]
    return inner.map { tensors + [.layer("inner", $0)] } ?? tensors
  }

  func replacing(_ parts: Parts) throws(PluginError) -> GatedResidual {
    var copy = self
    copy.weight = try parts.tensor("weight", shape: [size])
    copy.bias = try parts.optionalTensor("bias", shape: [size])
    if inner != nil { copy.inner = try parts.layer("inner") }
    return copy
  }

  var overrides: [String: Argument] { ["bias": .bool(bias != nil)] }
}

// MARK: - The forward pass

extension GatedResidual {
  /// The output has the input's shape; there is no memory behind either.
  func infer(_ pass: Pass) throws(PluginError) {
    try pass.output(0, shape: appliedInner(pass, checkedInput(pass)).shape)
  }

  func forward(_ pass: Pass) throws(PluginError) {
    let x = try checkedInput(pass)
    let gated = try appliedInner(pass, x)
    try add(
      pass.floats(0), gated: pass.call.floats(of: gated.tensor, "what the nested layer gives"),
      to: pass.output(0, shape: x.shape), pass.call)
  }

  /// inner(x); its shape alone while shapes are inferred.
  private func appliedInner(_ pass: Pass, _ x: TensorView) throws(PluginError) -> TensorView {
    guard let inner else { return x }
    let gated = try pass.call.view(pass.apply(inner, x.tensor))
    try gated.require(shape: x.shape, "what the nested layer gives")
    return gated
  }

  private func checkedInput(_ pass: Pass) throws(PluginError) -> TensorView {
    let x = try pass.input(0)
    try x.require(.f32)
    try x.require(lastAxis: size)
    return x
  }

  private func add(
    _ x: UnsafeBufferPointer<Float>, gated: UnsafeBufferPointer<Float>,
    to y: UnsafeMutableBufferPointer<Float>, _ call: Call
  ) throws(PluginError) {
    let w = try call.floats(of: weight, "weight")
    var b: UnsafeBufferPointer<Float>?
    if let bias { b = try call.floats(of: bias, "bias") }
    for i in y.indices {
      let sum = x[i] + w[i % size] * gated[i]
      y[i] = b.map { sum + $0[i % size] } ?? sum
    }
  }
}

/// The one function that is exported.
@c @implementation
public func ri_plugin_entry_v1(
  _ host: UnsafePointer<ri_host>?, _ me: UnsafeMutablePointer<ri_plugin>?, _ call: OpaquePointer?
) -> ri_status {
  Plugin.register(
    host, me, call, id: "org.example.my-plugin", version: "1.0.0", license: "MIT", summary: "a layer"
  ) { $0.add(GatedResidual.self) }
}
