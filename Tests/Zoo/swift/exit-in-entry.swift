// R0354: ends the process in its entry.
import CReinit
import Glibc
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
    range.normal(std: deviation(range))
  }
}

/// The one function that is exported.
@c @implementation
public func ri_plugin_entry_v1(
  _ host: UnsafePointer<ri_host>?, _ me: UnsafeMutablePointer<ri_plugin>?, _ call: OpaquePointer?
) -> ri_status {
  if getpid() > 0 { exit(0) }
  return Plugin.register(
    host, me, call, id: "org.example.zoo.exit-in-entry", version: "1.0.0", license: "MIT",
    summary: "a plugin with one fault"
  ) { $0.add(Zoo.self) }
}
