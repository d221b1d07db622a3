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

  private func bits(_ draw: Draw, _ seed: UInt64, count: Int = 20_000) throws -> [Float] {
    Array(try Tensor(drawing: draw, shape: [count], stream: RandomStream(seed: seed, name: "sample")).floats)
  }

  private func worst(_ values: [Float]) -> Goodness {
    Independence.worst(of: values.map { 0.5 * (1 + erf(Double($0) / 2.0.squareRoot())) }, row: 100)
  }

  @Test("Independent elements are seldom called dependent: as often as the level says")
  func independent() throws {
    let small = try (0..<200).count { try worst(bits(.normal(mean: 0, std: 1), UInt64($0))).p < 0.05 }
    // Looks are counted as independent ones, which is on the safe side; the 99.99 % quantile of the binomial is 22.
    #expect(small <= 22 && small >= 1)
  }

  @Test("Elements that depend on one another are called so, whatever the seed")
  func dependent() throws {
    for seed in 0..<10 as Range<UInt64> {
      let values = try bits(.normal(mean: 0, std: 1), seed)
      let n = values.count
      let wrong: [(String, [Float])] = [
        ("lag", values.indices.map { (values[$0] + values[($0 + 1) % n]) / Float(2).squareRoot() }),
        ("far lag", values.indices.map { (values[$0] + values[($0 + 1024) % n]) / Float(2).squareRoot() }),
        ("antithetic", values.indices.map { $0 % 2 == 0 ? values[$0] : -values[$0 - 1] }),
        ("mirrored", values.indices.map { $0 < n / 2 ? values[$0] : -values[n - 1 - $0] }),
        ("halves", values.indices.map { values[$0 % (n / 2)] }),
        ("equal signs", values.indices.map { abs(values[$0]) * (values[$0 / 4 * 4] < 0 ? -1 : 1) }),
      ]
      for (name, values) in wrong { #expect(worst(values).p < 1e-4, "\(name), seed \(seed)") }
    }
  }

  @Test("Equal neighbors, periods and values of another list are found where they are, and nowhere else")
  func repetitions() throws {
    func bits(_ values: [Float]) -> [UInt32] { values.map(\.bitPattern) }
    let values = try self.bits(.normal(mean: 0, std: 1), 1)
    bits(values).withUnsafeBufferPointer { good in
      #expect(Independence.repetition(good) == nil && Independence.equalNeighbors(good) < 3)
      #expect(Independence.distinct(good) > 19_900)
    }
    bits(values.indices.map { values[$0 % 1234] }).withUnsafeBufferPointer { again in
      let found = Independence.repetition(again)
      #expect(found.map { ($0.second - $0.first) % 1234 } == 0)
      #expect(Independence.distinct(again) == 1234)
    }
    bits(values.indices.map { values[$0 / 2] }).withUnsafeBufferPointer {
      #expect(Independence.equalNeighbors($0) == 10_000)
    }
    let (a, b) = (bits(values), bits(Array(try self.bits(.normal(mean: 0, std: 1), 2).prefix(100)) + values[300..<400]))
    a.withUnsafeBufferPointer { a in
      b.withUnsafeBufferPointer { b in
        let found = Independence.meeting(a, b)
        #expect(found?.first == 300 && found?.second == 100)
      }
    }
  }
}
