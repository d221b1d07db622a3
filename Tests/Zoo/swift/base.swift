import CReinit
import PluginKit

// What the broken plugins in Swift are made of, compiled with each: an initializer that is called `Zoo` in all of them.

/// Normal values with std = gain / sqrt(fan_in); a plugin has a `fill` of its own.
protocol Normal: PluginInitializer {
  var gain: Double { get }

  /// What the entry begins with.
  static func begin()
}

extension Normal {
  static var name: String { "zoo" }
  static var summary: String { "normal values" }
  static var formula: String { "gain / sqrt(fan_in) * z" }
  static var options: InitializerOptions { .needsFans }
  static var parameters: [Parameter] {
    [Parameter.real("gain", default: 1, in: .between(0.001, 1000), "factor of the deviation")]
  }
  static func begin() {}

  func deviation(_ tensor: Fill) -> Double { gain / tensor.fanIn.squareRoot() }
}

/// The one function that is exported.
@c @implementation
public func ri_plugin_entry_v1(
  _ host: UnsafePointer<ri_host>?, _ me: UnsafeMutablePointer<ri_plugin>?, _ call: OpaquePointer?
) -> ri_status {
  Zoo.begin()
  return Plugin.register(
    host, me, call, id: "org.example.zoo", version: "1.0.0", license: "MIT", summary: "a plugin with one fault"
  ) { $0.add(Zoo.self) }
}
