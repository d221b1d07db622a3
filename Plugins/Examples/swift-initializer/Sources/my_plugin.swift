import PluginKit

/// Normal values whose standard deviation follows the fan-in.
struct ScaledNormal: PluginInitializer {
  static let name = "my_plugin"
  static let summary = "normal with std = gain/√fan_in"
  static let formula = "w ~ N(0, σ²), σ = gain / √fan_in"
  static let reference = "LeCun et al., Efficient BackProp, 1998"
  static let options: InitializerOptions = .needsFans
  static let parameters = [
    Parameter.real("gain", default: 1, in: .between(0, 1e6), "factor of the standard deviation")
  ]

  let gain: Double

  init(_ arguments: Arguments) throws(PluginError) { gain = try arguments.real("gain") }

  func deviation(_ tensor: Fill) -> Double { gain / tensor.fanIn.squareRoot() }

  /// Writes elements `offset ..< offset + count`.
  ///
  /// Each depends on its index alone, so that any partition has the same bits.
  func fill(_ range: Fill) { range.normal(std: deviation(range)) }

  /// Says what `fill` draws from, so that the values can be held against it.
  func distribution(of tensor: Fill) -> Distribution { .normal(std: deviation(tensor)) }
}

/// What the host is told.
@c func reinit_plugin() {
  Plugin.register(id: "org.example.my-plugin", version: "1.0.0", license: "MIT", summary: "an initializer") {
    $0.add(ScaledNormal.self)
  }
}
