import CKernels
import Functors
import Glibc
import Initializers
import LayerVocabulary
import Tensors
import Testing

/// Shapes of every kind of linear map, never square, each with a few thousand elements or more.
private let layers: [(name: String, shape: Shape, geometry: Geometry)] = [
  ("dense", [70, 110], Geometry()),
  ("conv 1-D", [40, 30, 7], Geometry()),
  ("conv 2-D", [24, 20, 3, 5], Geometry()),
  ("conv 3-D", [12, 10, 3, 5, 4], Geometry()),
  ("grouped", [64, 6, 3, 5], Geometry(groups: 4)),
  ("depthwise", [600, 1, 3, 5], Geometry(groups: 300)),
  ("transposed", [20, 24, 3, 5], Geometry(outAxis: 1, inAxes: [0], isTransposed: true)),
  ("packed", [210, 40], Geometry(parts: 3)),
  ("Flax", [3, 5, 20, 24], Geometry(outAxis: 3, inAxes: [2])),
]

private struct Law: Sendable, CustomTestStringConvertible {
  let text: String
  /// The distribution function, given both fans.
  let cumulative: @Sendable (Double, Double, Double) -> Double
  var testDescription: String { text }

  static func normal(_ text: String, _ std: @escaping @Sendable (Double, Double) -> Double) -> Law {
    Law(text: text) { x, fanIn, fanOut in normalCumulative(x / std(fanIn, fanOut)) }
  }
  static func uniform(_ text: String, _ bound: @escaping @Sendable (Double, Double) -> Double) -> Law {
    Law(text: text) { x, fanIn, fanOut in min(1, max(0, (x / bound(fanIn, fanOut) + 1) / 2)) }
  }
  /// Cut at two standard deviations of a parent of that width.
  static func truncated(_ text: String, _ parent: @escaping @Sendable (Double, Double) -> Double) -> Law {
    Law(text: text) { x, fanIn, fanOut in
      let z = min(2, max(-2, x / parent(fanIn, fanOut)))
      return (normalCumulative(z) - normalCumulative(-2)) / (normalCumulative(2) - normalCumulative(-2))
    }
  }
}

/// The definitions, written once more from the papers.
private let laws: [Law] = [
  .uniform("glorot_uniform") { sqrt(6 / ($0 + $1)) },
  .normal("glorot_normal(gain: 2)") { 2 * sqrt(2 / ($0 + $1)) },
  .uniform("kaiming_uniform") { fanIn, _ in sqrt(6 / fanIn) },
  .normal("kaiming_normal") { fanIn, _ in sqrt(2 / fanIn) },
  .normal("kaiming_normal(mode: fan_out, nonlinearity: tanh)") { _, fanOut in 5.0 / 3 / sqrt(fanOut) },
  .uniform("lecun_uniform") { fanIn, _ in sqrt(3 / fanIn) },
  .truncated("lecun_normal") { fanIn, _ in 1 / sqrt(fanIn) / 0.8796256610342398 },
  .uniform("torch_layer") { fanIn, _ in 1 / sqrt(fanIn) },
  .normal("variance_scaling(2, fan_geo_avg, normal)") { sqrt(2 / sqrt($0 * $1)) },
  .truncated("variance_scaling(3, fan_avg)") { sqrt(6 / ($0 + $1)) / 0.8796256610342398 },
  .uniform("variance_scaling(0.5, fan_out, uniform)") { _, fanOut in sqrt(1.5 / fanOut) },
]

@Test("Values follow the definition for every kind of layer", arguments: laws)
private func scaledDistributions(_ law: Law) throws {
  let initializer = try InitializerRegistry.standard.initializer(parsing: law.text)
  for (name, shape, geometry) in layers {
    let fans = try #require(geometry.fans(of: shape))
    let sample = try values(initializer, weight(shape, geometry, name: "\(name).weight"))
    let p = kolmogorovSmirnov(sample) { law.cumulative($0, Double(fans.fanIn), Double(fans.fanOut)) }
    #expect(p > 1e-4, "\(name)")
  }
}

private let plain: [(text: String, cumulative: @Sendable (Double) -> Double)] = [
  ("uniform", { min(1, max(0, $0)) }),
  ("uniform(-3, 5)", { min(1, max(0, ($0 + 3) / 8)) }),
  ("normal(mean: -1, std: 4)", { normalCumulative(($0 + 1) / 4) }),
  ("truncated_normal", { cut($0, -2, 2) }),
  ("truncated_normal(low: -inf, high: 0.5)", { cut($0, -.infinity, 0.5) }),
  ("truncated_normal(low: 3, high: 4)", { cut($0, 3, 4) }),
  ("truncated_normal(mean: 1, std: 2, low: -4, high: 5)", { cut(($0 - 1) / 2, -2.5, 2) }),
  ("truncated_normal(mean: 1, std: 2, low: -1, high: 1.5, bounds: sigma)", { cut(($0 - 1) / 2, -1, 1.5) }),
  ("truncated_normal(std: 0.02)", { normalCumulative($0 / 0.02) }),
]

private func cut(_ z: Double, _ low: Double, _ high: Double) -> Double {
  let (a, b) = (normalCumulative(low), normalCumulative(high))
  return (normalCumulative(min(high, max(low, z))) - a) / (b - a)
}

@Test("Plain distributions follow their definitions", arguments: plain)
private func plainDistributions(_ text: String, _ cumulative: @Sendable (Double) -> Double) throws {
  let initializer = try InitializerRegistry.standard.initializer(parsing: text)
  let sample = try values(initializer, weight([90, 101]))
  #expect(kolmogorovSmirnov(sample, cumulative) > 1e-4)
}

@Test("The Kolmogorov–Smirnov test rejects a law that is off by ten percent")
func powerOfTheTest() throws {
  let sample = try values(Normal.normal(), weight([90, 101]))
  #expect(kolmogorovSmirnov(sample, normalCumulative) > 1e-4)
  #expect(kolmogorovSmirnov(sample) { normalCumulative($0 / 1.1) } < 1e-4)
}

@Test(
  "Mean, deviation and kurtosis are the distribution's",
  arguments: [
    ("normal(std: 0.02)", 0.02, 3.0), ("uniform(-1, 1)", 0.5773502691896257, 1.8),
    ("truncated_normal(std: 0.02)", 0.02, 3.0), ("truncated_normal(bounds: sigma, of: result)", 1, 2.3653784),
    ("lecun_normal", 1 / 24.0, 2.3653784), ("flux.lecun_normal", 1 / 24.0, 3.0),
  ] as [(String, Double, Double)])
func exactMoments(_ text: String, _ std: Double, _ kurtosis: Double) throws {
  let initializer = try InitializerRegistry.standard.initializer(parsing: text)
  let found = moments(try values(initializer, weight([128, 64, 3, 3])))
  // 73,728 values: five standard errors.
  let error = 5 / 73_728.0.squareRoot()
  #expect(abs(found.mean) < error * std)
  #expect(abs(found.std / std - 1) < error * ((kurtosis - 1) / 4).squareRoot())
  #expect(abs(found.kurtosis - kurtosis) < error * 24.0.squareRoot())
}
