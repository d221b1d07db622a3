import CReinit
import PluginKit

// What the broken plugins in Swift are made of, compiled with each: an initializer or a layer that is called `Zoo` in
// all of them.

protocol Offered {
  /// What the entry begins with.
  static func begin()
  static func add(to plugin: Plugin)
}

extension Offered { static func begin() {} }

/// Normal values with std = gain / sqrt(fan_in); a plugin has a `fill` of its own.
protocol Normal: PluginInitializer, Offered { var gain: Double { get } }

extension Normal {
  static var name: String { "zoo" }
  static var summary: String { "normal values" }
  static var formula: String { "gain / sqrt(fan_in) * z" }
  static var options: InitializerOptions { .needsFans }
  static var parameters: [Parameter] {
    [Parameter.real("gain", default: 1, in: .between(0.001, 1000), "factor of the deviation")]
  }
  static func add(to plugin: Plugin) { plugin.add(Self.self) }

  func deviation(_ tensor: Fill) -> Double { gain / tensor.fanIn.squareRoot() }
}

/// y = x * weight + bias over the last axis; a plugin has an `init` of its own.
protocol Scale: ForwardLayer, Offered { var held: Held { get set } }

/// What such a layer holds.
struct Held {
  let size: Int
  var weight: TensorHandle
  var bias: TensorHandle?

  init(_ build: Build) throws(PluginError) {
    size = try build.arguments.int("size")
    weight = try build.call.tensor([size])
    bias = try build.arguments.bool("bias") ? build.call.tensor([size]) : nil
  }
}

extension Scale {
  static var name: String { "Zoo" }
  static var summary: String { "scales and shifts" }
  static var parameters: [Parameter] {
    [
      Parameter.int("size", in: .atLeast(1), "elements of the last axis"),
      Parameter.bool("bias", default: true, "whether there is a bias"),
    ]
  }
  static func add(to plugin: Plugin) { plugin.add(Self.self) }

  var children: [Child] {
    [
      .tensor("weight", held.weight, .scale, fresh: "uniform(low: 0.5, high: 1.5)"),
      .tensor("bias", held.bias, .bias),
    ]
  }
  var overrides: [String: Argument] { ["bias": .bool(held.bias != nil)] }

  func replacing(_ parts: Parts) throws(PluginError) -> Self {
    var copy = self
    copy.held.weight = try parts.tensor("weight", shape: [held.size])
    copy.held.bias = try parts.optionalTensor("bias", shape: [held.size])
    return copy
  }

  func checked(_ x: TensorView) throws(PluginError) -> TensorView {
    try x.require(.f32)
    try x.require(lastAxis: held.size)
    return x
  }

  func infer(_ pass: Pass) throws(PluginError) { try pass.output(0, shape: checked(pass.input(0)).shape) }

  func forward(_ pass: Pass) throws(PluginError) {
    let shape = try checked(pass.input(0)).shape
    let (x, w) = (try pass.floats(0), try pass.call.floats(of: held.weight, "weight"))
    var b: Floats?
    if let bias = held.bias { b = try pass.call.floats(of: bias, "bias") }
    let y = try pass.output(0, shape: shape)
    for i in y.indices { y[i] = x[i] * w[i % held.size] + (b.map { $0[i % held.size] } ?? 0) }
  }
}

/// The one function that is exported.
@c @implementation
public func ri_plugin_entry_v1(
  _ host: UnsafePointer<ri_host>?, _ me: UnsafeMutablePointer<ri_plugin>?, _ call: OpaquePointer?
) -> ri_status {
  Zoo.begin()
  return Plugin.register(
    host, me, call, id: "org.example.zoo", version: "1.0.0", license: "MIT", summary: "a plugin with one fault"
  ) { Zoo.add(to: $0) }
}
