import PluginKit

private let paper = "Yang et al. 2021, Tensor Programs V, tables 3 and 8; mup.init"

/// Normal values whose deviation follows the width as μP wants it.
struct MuPNormal: DistributionInitializer {
  static let name = "mup_normal"
  static let summary = "normal, with the standard deviation that μP carries over from a narrower model"
  static let formula =
    "w ~ N(0, (std·m)²), r = base_fan_in / fan_in, m = √r (hidden), r (output), 1 (input, readout)"
  static let reference = paper + ".normal_"
  static let options: InitializerOptions = .needsFans
  static let parameters =
    Width.parameters + [Parameter.real("std", in: .atLeast(0), "the standard deviation at the base")]

  let width: Width
  let std: Double

  init(_ arguments: Arguments) throws(PluginError) {
    width = try Width(arguments)
    std = try arguments.real("std")
    guard std.isFinite else { throw PluginError(.invalid, "std must be finite: found \(std)") }
  }

  func distribution(of tensor: Fill) -> Distribution { .normal(std: std * width.scale(tensor)) }
}

/// Uniform values whose bounds follow the width as μP wants it.
struct MuPUniform: DistributionInitializer {
  static let name = "mup_uniform"
  static let summary = "uniform, with the bounds that μP carries over from a narrower model"
  static let formula =
    "w ~ U[−bound·m, bound·m), r = base_fan_in / fan_in, m = √r (hidden), r (output), 1 (input, readout)"
  static let reference = paper + ".uniform_"
  static let options: InitializerOptions = .needsFans
  static let parameters =
    Width.parameters + [Parameter.real("bound", in: .atLeast(0), "the largest value at the base")]

  let width: Width
  let bound: Double

  init(_ arguments: Arguments) throws(PluginError) {
    width = try Width(arguments)
    bound = try arguments.real("bound")
    guard bound.isFinite else { throw PluginError(.invalid, "bound must be finite: found \(bound)") }
  }

  func distribution(of tensor: Fill) -> Distribution {
    let bound = bound * width.scale(tensor)
    return .uniform(low: -bound, high: bound)
  }
}
