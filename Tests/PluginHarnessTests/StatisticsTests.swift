import Foundation
import Initializers
import LayerVocabulary
import Tensors
import Testing

@testable import PluginHarness

/// Numbers from the literature, and from scipy 1.11 where that is said.
@Suite("Statistics of the harness")
struct StatisticsTests {
  /// Critical values of the Kolmogorov distribution: Smirnov, Annals of Mathematical Statistics 19 (1948), table.
  @Test("The Kolmogorov distribution", arguments: [(1.2238, 0.10), (1.3581, 0.05), (1.6276, 0.01), (1.9495, 0.001)])
  func kolmogorov(_ lambda: Double, _ p: Double) {
    #expect(abs(Goodness.kolmogorov(lambda) - p) < 2e-4 * max(1, p * 10))
  }

  @Test("Moments of truncated normals")
  func truncated() throws {
    // The half normal has mean √(2/π) and variance 1 - 2/π; within ±1 the variance is 1 - 2φ(1)/(2Φ(1) - 1).
    let half = try #require(Distribution(.truncatedNormal(mean: 0, std: 1, low: 0, high: 1e9)))
    #expect(abs(half.mean - 0.797884560802865) < 1e-9 && abs(half.variance - 0.363380227632419) < 1e-9)
    let inner = try #require(Distribution(.truncatedNormal(mean: 3, std: 2, low: 1, high: 5)))
    #expect(abs(inner.mean - 3) < 1e-12 && abs(inner.variance - 4 * 0.29112509477279) < 1e-8)
    #expect(abs(inner.below(3) - 0.5) < 1e-12 && inner.below(1) == 0 && inner.below(5) == 1)
  }

  @Test("Means and variances of uniform and normal")
  func moments() throws {
    let uniform = try #require(Distribution(.uniform(low: -1, high: 2)))
    #expect(uniform.mean == 0.5 && uniform.variance == 0.75 && uniform.below(0.5) == 0.5)
    let normal = try #require(Distribution(.normal(mean: 1, std: 2)))
    #expect(normal.mean == 1 && normal.variance == 4 && abs(normal.below(1 + 2 * 1.959963984540054) - 0.975) < 1e-12)
    #expect(Distribution(.constant(1)) == nil)
  }

  private func sample(_ draw: Draw, _ seed: UInt64, count: Int = 5000) throws -> [Double] {
    try Tensor(drawing: draw, shape: [count], stream: RandomStream(seed: seed, name: "sample")).elements
  }

  @Test(
    "Right samples are seldom called wrong: as often as the level says",
    arguments: [
      Draw.normal(mean: 0.5, std: 2), .uniform(low: -3, high: 1), .truncatedNormal(mean: 0, std: 1, low: -1, high: 2),
    ])
  func falseAlarms(_ draw: Draw) throws {
    let distribution = try #require(Distribution(draw))
    let small = try (0..<400).count { try Goodness.worst(of: sample(draw, UInt64($0)), as: distribution).p < 0.05 }
    // Three looks are counted as three, which they are not quite; the 99.99 % quantile of the binomial is 37.
    #expect(small <= 37 && small >= 1)
  }

  @Test(
    "Wrong samples are called wrong",
    arguments: [
      (Draw.normal(mean: 0, std: 1.1), Draw.normal(mean: 0, std: 1)),
      (.normal(mean: 0.1, std: 1), .normal(mean: 0, std: 1)),
      (.uniform(low: -1.7320508, high: 1.7320508), .normal(mean: 0, std: 1)),
      (.normal(mean: 0, std: 1), .truncatedNormal(mean: 0, std: 1, low: -2, high: 2)),
    ])
  func detection(_ real: Draw, _ declared: Draw) throws {
    let distribution = try #require(Distribution(declared))
    for seed in 0..<20 { #expect(Goodness.worst(of: try sample(real, UInt64(seed)), as: distribution).p < 1e-4) }
  }
}
