import PluginKit

/// Keeps the arguments of sines standard normal, layer after layer.
struct SirenUniform: DistributionInitializer {
  static let name = "siren_uniform"
  static let summary = "uniform, for layers that are followed by sin(ω·x)"
  static let formula = "w ~ U[−b, b), b = √(6 / fan_in) / ω; b = 1 / fan_in in the first layer"
  static let reference = "Sitzmann et al. 2020, sec. 3.2 and supplement sec. 1.5"
  static let options: InitializerOptions = .needsFans
  static let parameters = [
    Siren.omega,
    Parameter.bool("first", default: false, "whether the layer reads coordinates"),
  ]

  let omega: Double
  let first: Bool

  init(_ arguments: Arguments) throws(PluginError) {
    omega = try Siren.omega(in: arguments)
    first = try arguments.bool("first")
  }

  /// Refuses an ω so small that weights would be infinite.
  func check(_ tensor: Fill) throws(PluginError) {
    guard Float(bound(tensor)).isFinite else {
      throw PluginError(.invalid, "omega is too small: expected finite weights, found omega \(omega)")
    }
  }

  func distribution(of tensor: Fill) -> Distribution { .uniform(low: -bound(tensor), high: bound(tensor)) }

  /// 0 where there is nothing to sum.
  private func bound(_ tensor: Fill) -> Double {
    guard tensor.fanIn > 0 else { return 0 }
    return first ? 1 / tensor.fanIn : (6 / tensor.fanIn).squareRoot() / omega
  }
}
