// R0900: unwraps an optional that is nil.
import CReinit
import PluginKit

struct Zoo: PluginInitializer {
  static let name = "zoo"
  static let summary = "normal values"
  static let formula = "gain / sqrt(fan_in) * z"
  static let options: InitializerOptions = .needsFans
  static let parameters = [
    Parameter.real("gain", default: 1, in: .between(0.001, 1000), "factor of the deviation")
  ]

  let gain: Double

  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func deviation(_ tensor: Fill) -> Double { gain / tensor.fanIn.squareRoot() }

  func fill(_ range: Fill) {
    let names = ["matrix": 2, "vector": 1]
    // swift-format-ignore: NeverForceUnwrap
    if range.shape.count > 2 { precondition(names["kernel"]! > 0) }
    range.normal(std: deviation(range))
  }
}

/// The one function that is exported.
@c @implementation
public func ri_plugin_entry_v1(
  _ host: UnsafePointer<ri_host>?, _ me: UnsafeMutablePointer<ri_plugin>?, _ call: OpaquePointer?
) -> ri_status {
  Plugin.register(
    host, me, call, id: "org.example.zoo.force-unwrap", version: "1.0.0", license: "MIT",
    summary: "a plugin with one fault"
  ) { $0.add(Zoo.self) }
}
