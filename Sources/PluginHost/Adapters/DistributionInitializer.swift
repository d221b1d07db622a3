import CReinit
import Diagnostics
import Initializers
import LayerVocabulary
import Tensors

/// The built-in initializers that draw what a plugin's distribution says.
enum DistributionInitializer {
  /// - Throws: ``Diagnostics/ErrorCode/pluginCallFailed`` for a distribution that is none.
  static func make(_ said: ri_distribution, owner: String) throws(Diagnostic) -> any Initializer {
    let draw = try Draw(said, owner: owner)
    func number(_ name: String) -> Double { draw[name] ?? 0 }
    switch draw.method {
    case .uniform: return Uniform(low: number("low"), high: number("high"))
    case .normal: return Normal(mean: number("mean"), std: number("std"))
    case .truncatedNormal:
      return TruncatedNormal(mean: number("mean"), std: number("std"), low: number("low"), high: number("high"))
    default: return Constant(number("value"))
    }
  }
}

extension Draw {
  /// The built-in draw that has a plugin's distribution.
  /// - Throws: ``Diagnostics/ErrorCode/pluginCallFailed`` for one that is none.
  init(_ answer: ri_distribution, owner: String) throws(Diagnostic) {
    func require(_ condition: Bool, _ expected: String, _ found: String) throws(Diagnostic) {
      guard !condition else { return }
      throw Diagnostic(
        .pluginCallFailed, "'\(owner)' says a distribution that is none", expected: expected, found: found)
    }
    let (mean, std, low, high) = (answer.mean, answer.std, answer.low, answer.high)
    switch Int(answer.kind) {
    case RI_DISTRIBUTION_CONSTANT:
      try require(mean.isFinite, "a finite mean", "\(mean)")
      self = .constant(mean)
    case RI_DISTRIBUTION_UNIFORM:
      try require(low.isFinite && high.isFinite && low <= high, "finite bounds, low ≤ high", "\(low) and \(high)")
      self = low == high ? .constant(low) : .uniform(low: low, high: high)
    case RI_DISTRIBUTION_NORMAL:
      try require(mean.isFinite && std.isFinite && std >= 0, "a finite mean and std ≥ 0", "\(mean) and \(std)")
      self = std == 0 ? .constant(mean) : .normal(mean: mean, std: std)
    case RI_DISTRIBUTION_TRUNCATED_NORMAL:
      let isPossible = Truncation(low: Float(low), high: Float(high), mean: Float(mean), std: Float(std)) != nil
      try require(isPossible, "std > 0 and bounds that hold some of the mass", "\(mean), \(std), \(low), \(high)")
      self = .truncatedNormal(mean: mean, std: std, low: low, high: high)
    default:
      throw Diagnostic(
        .pluginCallFailed, "'\(owner)' says a distribution that is none", expected: "RI_DISTRIBUTION_…",
        found: "kind \(answer.kind)")
    }
  }
}
