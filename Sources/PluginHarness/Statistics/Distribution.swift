import Glibc
import Initializers
import LayerVocabulary

/// A distribution that values can be held against: its function, mean and variance.
struct Distribution {
  let name: String
  let mean: Double
  let variance: Double
  /// The share of values below a number.
  let below: @Sendable (Double) -> Double
  /// Where all values lie.
  let bounds: ClosedRange<Double>?

  /// The distribution of a draw's values; nil for one that is no distribution of independent values.
  init?(_ draw: Draw) {
    func number(_ name: String) -> Double { draw[name] ?? .nan }
    switch draw.method {
    case .uniform: self = .uniform(number("low"), number("high"))
    case .normal: self = .normal(number("mean"), number("std"))
    case .truncatedNormal:
      self = .truncated(number("mean"), number("std"), number("low"), number("high"))
    default: return nil
    }
  }

  private init(
    _ name: String, mean: Double, variance: Double, bounds: ClosedRange<Double>?,
    below: @escaping @Sendable (Double) -> Double
  ) {
    (self.name, self.mean, self.variance, self.bounds, self.below) = (name, mean, variance, bounds, below)
  }

  private static func uniform(_ low: Double, _ high: Double) -> Distribution {
    Distribution(
      "uniform in [\(Decimals.text(low)), \(Decimals.text(high)))", mean: (low + high) / 2,
      variance: (high - low) * (high - low) / 12, bounds: low...max(low, high)
    ) { min(1, max(0, ($0 - low) / (high - low))) }
  }

  private static func normal(_ mean: Double, _ std: Double) -> Distribution {
    Distribution(
      "normal, mean \(Decimals.text(mean)), std \(Decimals.text(std))", mean: mean, variance: std * std, bounds: nil
    ) { cumulative(($0 - mean) / std) }
  }

  /// Johnson, Kotz, Balakrishnan, "Continuous Univariate Distributions" 1, 13.10.1: moments of a truncated normal.
  private static func truncated(_ mean: Double, _ std: Double, _ low: Double, _ high: Double) -> Distribution {
    let (a, b) = ((low - mean) / std, (high - mean) / std)
    let mass = cumulative(b) - cumulative(a)
    let shift = (density(a) - density(b)) / mass
    let spread = 1 + (weighted(a) - weighted(b)) / mass - shift * shift
    return Distribution(
      "normal, mean \(Decimals.text(mean)), std \(Decimals.text(std)), within [\(Decimals.text(low)), "
        + "\(Decimals.text(high))]", mean: mean + std * shift, variance: std * std * spread,
      bounds: low...max(low, high)
    ) { min(1, max(0, (cumulative(($0 - mean) / std) - cumulative(a)) / mass)) }
  }

  private static func cumulative(_ x: Double) -> Double { erfc(-x / 2.0.squareRoot()) / 2 }
  private static func density(_ x: Double) -> Double { exp(-x * x / 2) / (2 * Double.pi).squareRoot() }
  private static func weighted(_ x: Double) -> Double { x.isFinite ? x * density(x) : 0 }
}
