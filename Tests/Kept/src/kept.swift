import PluginKit

// A plugin that is kept as it was compiled: an initializer, one that reads, and a layer.

struct Normal: PluginInitializer {
  static let name = "kept"
  static let summary = "normal with std = gain/√fan_in"
  static let formula = "w ~ N(0, gain²/fan_in)"
  static let options: InitializerOptions = .needsFans
  static let parameters = [
    Parameter.real("gain", default: 1, in: .between(0, 1e6), "factor of the standard deviation")
  ]
  let gain: Double

  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func fill(_ range: Fill) { range.normal(std: gain / range.fanIn.squareRoot()) }
}

struct Mix: PluginInitializer {
  static let name = "kept_mix"
  static let summary = "the old values, smaller, and the bias"
  static let formula = "w ← factor·w + b"
  static let parameters = [Parameter.real("factor", default: 0.5, in: .between(0, 1), "of the old values")]
  static let sources = [Source.old("old"), Source.tensor("offset", ".bias")]
  let factor: Float

  init(_ arguments: Arguments) throws(PluginError) { factor = Float(try arguments.real("factor")) }

  func fill(_ range: Fill) throws(PluginError) {
    let (rows, columns, out) = (try range.source("offset"), range.shape[1], range.out)
    try range.read("old", into: out)
    for i in out.indices { out[i] = factor * out[i] + rows[(range.offset + i) / columns] }
  }
}

struct Kept: DescribedForwardLayer {
  static let name = "Kept"
  static let summary = "y = x + weight ∘ inner(x) + bias"
  static let parameters = [
    Parameter.int("size", in: .atLeast(1), "elements of the last axis"),
    Parameter.bool("bias", default: true, "whether there is a bias"),
  ]
  static let nestedLayers = 0...1
  static let children = [
    ChildRow.tensor("weight", .scale, "[size]", fresh: "constant({1 / size})"),
    ChildRow.tensor("bias", .bias, "[size]", when: "bias"),
    ChildRow.layer("inner"),
  ]
  let size: Int

  init(_ arguments: Arguments) throws(PluginError) { size = try arguments.int("size") }

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

@c func reinit_plugin() {
  Plugin.register(id: "org.example.kept-swift", version: "1.0.0", license: "MIT", summary: "a plugin that is kept") {
    $0.add(Normal.self)
    $0.add(Mix.self)
    $0.add(Kept.self)
  }
}
